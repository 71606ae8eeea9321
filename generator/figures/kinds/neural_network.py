"""A network of neurons in layers, with weights on its edges."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from examwright.generator.figures.options import Blocks, Count, LabelRows, ValueRows
from examwright.generator.figures.words import FigureError, Speech, listed, number_label

if TYPE_CHECKING:
    from examwright.generator.figures.canvas import Canvas

TITLE = "Neural network"
EXAMPLE = """\
layers: [[$x_1$, $x_2$], [$h_1$, $h_2$], [$o$]]
weights: [[[0.5, -1], [1.5, 2]], [[-0.5, 1]]]
biases: [[0.5, -1], [0]]
values: [[1, 0.2], [0.69, 0.71], [0.59]]
"""

_ALONG = (0.3, 0.34, 0.26, 0.7, 0.66, 0.74, 0.38, 0.22, 0.62, 0.78, 0.42, 0.58, 0.18, 0.82, 0.46, 0.54, 0.28, 0.32, 0.24, 0.72, 0.76, 0.2, 0.8)


def describe(say: Speech, *, layers: LabelRows, weights: Blocks = (), biases: ValueRows = (), values: ValueRows = (),
             digits: Count = 3) -> str:
    """The neurons layer by layer, with the weights into each."""
    if len(layers) < 2 or any([not layer for layer in layers]):
        raise FigureError("layers must be at least two lists of names")
    if sum([len(layer) for layer in layers]) > 24:
        raise FigureError("a network of more than 24 neurons cannot be drawn legibly")
    if weights and [(len(w), len(w[0]) if w else 0) for w in weights] != [(len(b), len(a)) for a, b in zip(layers, layers[1:])]:
        wanted = listed([f"{len(b)}×{len(a)}" for a, b in zip(layers, layers[1:])])
        raise FigureError(f"weights must be a list of matrices, one for each layer but the first, a row for each of its neurons: {wanted}")
    if biases and [len(b) for b in biases] != [len(layer) for layer in layers[1:]]:
        raise FigureError("biases must be a list of vectors, one for each layer but the first")
    if values and [len(v) for v in values] != [len(layer) for layer in layers]:
        raise FigureError("values must be a list of vectors, one for each layer")
    out = [say("A network with {n} layers: {layers}. Each neuron is joined with all of the next layer.", n=len(layers),
               layers=say("; ").join([say.all([say.label(n) for n in layer]) for layer in layers]))]
    for k, (w, below, above) in enumerate(zip(weights, layers, layers[1:])):
        for i, to in enumerate(above):
            into = [say("{weight} from {name}", weight=say.number(w[i][j], digits), name=say.label(name)) for j, name in enumerate(below)]
            if biases:
                into.append(say("bias {bias}", bias=say.number(biases[k][i], digits)))
            out.append(say("Weights into {name}: {rest}.", name=say.label(to), rest=say.row(into)))
    if biases and not weights:
        out += [say("Bias of {name}: {bias}.", name=say.label(n), bias=say.number(b, digits))
                for layer, bs in zip(layers[1:], biases) for n, b in zip(layer, bs)]
    told = [f"{say.label(n)} = {say.number(v, digits)}" for layer, vs in zip(layers, values) for n, v in zip(layer, vs) if v != ""]
    return say.text([*out, say("Values: {rest}.", rest=say.row(told))] if told else out)


def draw(canvas: Canvas, *, layers: LabelRows, weights: Blocks = (), biases: ValueRows = (), values: ValueRows = (),
         digits: Count = 3) -> None:
    """Layers from the left to the right, every neuron joined with all of the next layer.

    layers: the names of the neurons, a list for each layer, such as [[$A$, $B$], [$C$, $D$], [$o$]]
    weights: a matrix for each layer but the first, with a row for each of its neurons; numbers or words
    biases: a vector for each layer but the first
    values: what each neuron puts out, a vector for each layer; written below the neuron ('' for none)
    digits: significant digits of numbers that have more than 4 decimals
    """
    names = [n for layer in layers for n in layer]
    r = max(3.6, max([math.hypot(*canvas.size_of(n)) / 2 + 0.9 for n in names]))
    most = max([len(layer) for layer in layers])
    labels = [number_label(w, digits=digits) for block in weights for row in block for w in row]
    widest = max([canvas.size_of(t)[0] for t in labels], default=0.0)
    across = 2 * r + max(24.0, 9.0 + 2.6 * widest) * canvas.scale
    down = 2 * r + (10.5 if biases or values else 7.5) * canvas.scale
    places = [[(k * across, (i - (len(layer) - 1) / 2) * down) for i in range(len(layer))] for k, layer in enumerate(layers)]
    along = _ALONG if most > 1 else (0.5,)
    for k, (below, above) in enumerate(zip(places, places[1:])):
        for i, b in enumerate(above):
            for j, a in enumerate(below):
                n = math.hypot(b[0] - a[0], b[1] - a[1])
                ux, uy = (b[0] - a[0]) / n * r, (b[1] - a[1]) / n * r
                text = number_label(weights[k][i][j], digits=digits) if weights and weights[k][i][j] != "" else ""
                canvas.edge((a[0] + ux, a[1] + uy), (b[0] - ux, b[1] - uy), text, along=along)
    for k, layer in enumerate(layers):
        for i, name in enumerate(layer):
            x, y = places[k][i]
            canvas.circle(x, y, r, owner=(k, i))
            canvas.write(name, x, y, down="ink", owner=(k, i))
            if biases and k and biases[k - 1][i] != "":
                canvas.label(f"$b = {number_label(biases[k - 1][i], digits=digits).strip('$')}$", x, y, r, near=((0, -1), (0, 1), (1, -1), (-1, -1)))
            if values and values[k][i] != "":
                canvas.label(number_label(values[k][i], digits=digits), x, y, r, near=((0, 1), (0, -1), (-1, 0) if k == 0 else (1, 0), (1, 1), (-1, 1)))
