"""`make catalogue`: docs/catalogue.md, every question with an example, and templates/catalogue.json, what `examwright list` shows.

Questions whose file has not changed keep the figures that were measured before.
"""

from __future__ import annotations

import json
import re
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from examwright.generator import wording
from examwright.generator.draw import draw_variant
from examwright.generator.index import FACTS, entry, hash_of, question_paths
from examwright.generator.load import load
from examwright.generator.question import Part, Variant
from examwright.generator.yamlfile import read
from examwright.grader.contracts import SAMPLED, measure

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "catalogue.md"
SEED = 1  # of the examples
# Conventions that a question has to print (docs/conventions.md): what calls for them, and what says them.
CONVENTIONS = {
    "logarithm": (r"entropy|log-likelihood|information gain|\\log|\\ln", r"\\ln|\\log_|natural logarithm|logarithm to base|\bbits?\b"),
    "sigmoid": (r"\\sigma\(|sigmoid (?!kernel)", r"1/\(1 ?\+ ?e\^|\\frac\{?1\}?\{1 ?\+ ?e"),
    "reward": (r"\brewards?\b", r"\bleav|\benter|\bpaid|\bpays?\b|\barriv|for taking|(for|of) (the|this) step|transition|\bplay|that arm|rewards? \$r\(s"),
    "threshold": (r"\bthreshold", r"at least|above|below|\\ge|\\le|[<>]"),
    "filter": (r"filter \$K\$|\\ast\b", r"flipped|cross-correlation"),
    "sweep": (r"\bsweep", r"synchronous|in[- ]place|in this order"),
    "start": (r"(?i)\brun value iteration|\bsweeps of value iteration", r"V_0|V_\{0\}|start"),
    "Gaussian kernel": (r"Gaussian kernel|RBF", r"\\exp|e\^"),
    "loss": (r"(?<!\blearn\*\* by )gradient descent", r"[JEfL]\(|\bloss|\berror"),
}
HEAD = """\
# The questions

Made by `make catalogue` from the question files; not to be edited. Each question is shown with the numbers of seed {seed}: the same as
`examwright show ID --seed {seed} --solution`, which has the keys and the worked solution too. *Work* is [counted](question-format.md#equal-work) from the
chain, and *different variants* are those among {drawn} draws, not counting the order of options. Symbols and conventions: [conventions](conventions.md).
"""


# ---- the figures -----------------------------------------------------------------------------


def measured(question_id: str) -> dict[str, Any]:
    """What has to be measured of one question, and for which file."""
    return {"sha256": hash_of(question_paths()[question_id]), **measure(load(question_id))}


def all_facts(known: dict[str, Any]) -> dict[str, Any]:
    """Id → what is listed; measured again only where the file has changed."""
    paths = question_paths()
    todo = [i for i, path in paths.items() if known.get(i, {}).get("sha256") != hash_of(path)]
    with ProcessPoolExecutor() as pool:
        found = dict(zip(todo, pool.map(measured, todo)))
    figures = {i: found.get(i) or {k: known[i][k] for k in ("sha256", "distinct", "redraws", "work")} for i in paths}
    return {i: {**entry(i, read(path)[1].python()), **figures[i]} for i, path in paths.items()}


# ---- the page --------------------------------------------------------------------------------


def page(facts: dict[str, Any]) -> str:
    """The whole of docs/catalogue.md."""
    folders: dict[str, list[str]] = {}
    topics: dict[str, list[str]] = {}
    for i, f in facts.items():
        folders.setdefault(i.split("/")[0], []).append(i)
        for topic in f["topics"]:
            topics.setdefault(topic, []).append(i)
    out = [HEAD.format(seed=SEED, drawn=SAMPLED)]
    out.append("\n".join([f"- [{_name(folder)}](#{_anchor(_name(folder))}): " + ", ".join([_link(i, facts) for i in ids]) for folder, ids in folders.items()]))
    for folder, ids in folders.items():
        minutes = sum([facts[i]["minutes"] for i in ids])
        out.append(f"## {_name(folder)}\n\n{len(ids)} question{'s' if len(ids) != 1 else ''}, {minutes:g} minutes in all.")
        out += [_question(i, facts, topics) for i in ids]
    out.append("## Topics\n\nWhere a topic is asked.\n\n" + "\n".join([
        f'- <a id="topic-{_anchor(t)}"></a>**{t}**: ' + ", ".join([_link(i, facts) for i in ids]) for t, ids in sorted(topics.items(), key=lambda x: x[0].casefold())]))
    return "\n\n".join(out) + "\n"


def _question(question_id: str, facts: dict[str, Any], topics: dict[str, list[str]]) -> str:
    f = facts[question_id]
    variant = draw_variant(load(question_id), SEED)
    question = variant.question
    linked = ", ".join([f"[{t}](#topic-{_anchor(t)})" for t in f["topics"]])
    near = [i for t in f["topics"] for i in topics[t] if i.split("/")[0] != question_id.split("/")[0]]
    told = [f"**{f['minutes']:g} minutes**, {f['points']:g} points, {len(f['parts'])} part{'s' if len(f['parts']) != 1 else ''}",
            f"{f['distinct']} different variants" + (f" ({question.few.strip().rstrip('.')})" if question.few else ""),
            f"work {f['work'][0]}" + (f" ({f['work'][1]} to {f['work'][2]}: {question.uneven.strip().rstrip('.')})" if question.uneven else "")]
    out = [f'<a id="{_id(question_id)}"></a>\n### {f["title"]}',
           f"[`{question_id}`](../templates/questions/{question_id}.yaml) · " + " · ".join(told),
           f"Topics: {linked}" + (f". See also {', '.join([_link(i, facts) for i in dict.fromkeys(near)])}" if near else ""),
           _quoted(_shown(variant, wording.question_text(variant)))]
    out += [_part(variant, part, i) for i, part in enumerate(variant.parts)]
    told = list(dict.fromkeys([s for s in conventions(variant).values() if len(s) < 300 and s.count("$") % 2 == 0]))
    out += ["Conventions: " + " ".join([_github(s) for s in told])] if told else []
    return "\n\n".join(out)


def _part(variant: Variant, part: Part, i: int) -> str:
    kind = wording.kind_of(variant, part)
    asked = f" *({kind.asked()})*" if kind.asked() else ""
    lines = [f"**({wording.label(i)})** {_shown(variant, wording.ask(variant, part))}{asked} **[{wording.plain_number(part.points):g}]**"]
    if kind.options:
        lines.append("\n".join([f"- {kind.mark_of(o)}. {_github(' '.join(text.split()))}" for o, text in kind.options]))
    text = _quoted("\n\n".join(lines))
    said = [f"- `{kind.rounded(wrong)}` earns {wording.plain_number(mistake.points):g}: {_github(' '.join(wording.say(variant, part, mistake).split()))}"
            for mistake, wrong in zip(part.mistakes, variant.wrong.get(part.name, ())) if wrong is not None]
    return "\n".join([text, "", *said]) if said else text


def _shown(variant: Variant, text: str) -> str:
    return _github(wording.described(variant, text))


def conventions(variant: Variant) -> dict[str, str]:
    """The conventions that the variant calls for, each with the sentence that says it; "" where none does."""
    asked = [p for p in variant.parts if not p.kind.own_key]  # statements of a pool are general
    given = "\n".join([wording.question_text(variant), *["\n".join([wording.ask(variant, p), *[t for _, t in wording.kind_of(variant, p).options]])
                                                      for p in asked]] if asked else [])
    lines = [line.removeprefix("> ") for line in given.replace("$$", "$").split("\n") if not line.startswith(("|", "![]("))]
    sentences = re.split(r"(?<=[.!?:])\s+(?=[A-Z$*])|\s- ", " ".join(" ".join(lines).split()))
    return {name: next((s for s in sentences if re.search(says, s)), "") for name, (trigger, says) in CONVENTIONS.items() if re.search(trigger, given)}


_MATH = re.compile(r"(?<!\\)\$\$(.+?)(?<!\\)\$\$|(?<!\\)\$(.+?)(?<!\\)\$", re.S)


def _github(text: str) -> str:
    """Formulas as GitHub reads them whatever stands around: between dollar signs and backticks, displayed ones in a block."""
    def math(match: re.Match[str]) -> str:
        if match.group(1) is not None:
            return f"\n\n```math\n{match.group(1).strip()}\n```\n\n"
        return f"$`{' '.join(match.group(2).split())}`$"

    return re.sub(r"\n{3,}", "\n\n", _MATH.sub(math, text)).strip()


def _quoted(text: str) -> str:
    return "\n".join([f"> {line}".rstrip() for line in text.split("\n")])


def _name(folder: str) -> str:
    words = folder.replace("-", " ")
    return words.upper() if len(words) <= 4 else {"pac learning": "PAC learning", "vc dimension": "VC dimension"}.get(words, words[0].upper() + words[1:])


def _anchor(text: str) -> str:
    return re.sub(r"[^\w-]", "", text.casefold().replace(" ", "-"))


def _id(question_id: str) -> str:
    return question_id.replace("/", "-")


def _link(question_id: str, facts: dict[str, Any]) -> str:
    return f"[{facts[question_id]['title']}](#{_id(question_id)})"


def dumped(facts: dict[str, Any]) -> str:
    """The JSON of the facts, a line for each question."""
    return "{\n" + ",\n".join([f"{json.dumps(i)}: {json.dumps(f, ensure_ascii=False)}" for i, f in facts.items()]) + "\n}\n"


def main() -> None:
    """Write both files."""
    facts = all_facts(json.loads(FACTS.read_text(encoding="utf-8")) if FACTS.exists() else {})
    FACTS.write_text(dumped(facts), encoding="utf-8")
    PAGE.write_text(page(facts), encoding="utf-8")
    print(f"{PAGE.name}: {len(facts)} questions")
    for i, f in facts.items():
        question = load(i)
        if f["distinct"] < (50 if question.few else 500) and question.draws:
            print(f"{i}: only {f['distinct']} different variants in {SAMPLED} draws", file=sys.stderr)


if __name__ == "__main__":
    main()
