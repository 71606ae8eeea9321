"""What a screen reader hears: the structure of papers and keys, read back; formulas in words."""

from __future__ import annotations

import io
from dataclasses import replace

import pikepdf
import pytest
from papers import many, part, view
from pdfua import faults, said

from examwright.generator.pages import render_key, render_paper, spoken
from examwright.generator.pages.spoken import LANGUAGES, say
from examwright.generator.pages.words import WORDS

SPOKEN = [
    (r"x^2", "x squared"),
    (r"\frac{2}{9}", "fraction 2 over 9"),
    (r"\frac{2TP}{2TP + FP + FN}", "fraction 2 T P over 2 T P plus F P plus F N end fraction"),
    (r"\begin{bmatrix}5 & 12 \\ 12 & 50\end{bmatrix}", "the 2 by 2 matrix with rows 5, 12; 12, 50"),
    (r"\begin{pmatrix}1\\-2\end{pmatrix}", "the column vector 1, minus 2"),
    (r"\theta_1", "theta sub 1"),
    (r"x_{i_j}^2", "x sub i sub j squared"),
    (r"X^\top X", "capital X transposed capital X"),
    (r"A^{-1}b", "capital A inverse b"),
    (r"\hat y = \theta_0 + \theta_1 x", "y hat equals theta sub 0 plus theta sub 1 x"),
    (r"\sum_{i=1}^{n} x_i", "the sum from i equals 1 to n of x sub i"),
    (r"\max_a Q(s', a)", "the maximum over a of capital Q of s prime, a"),
    (r"\operatorname*{argmax}_a Q(s,a)", "arg max over a of capital Q of s, a"),
    (r"\arg\max_a x", "arg max over a of x"),
    (r"\log_2 \frac{5}{3}", "log base 2 of fraction 5 over 3"),
    (r"-\ln 0.6", "minus natural log of 0.6"),
    (r"\sigma(-0.0121) ={}", "sigma of minus 0.0121 equals"),
    (r"\left(\frac{3}{2},\, 1\right)", "open parenthesis fraction 3 over 2, 1 close parenthesis"),
    (r"\left\lfloor \frac{3}{2} \right\rfloor + 1", "the floor of fraction 3 over 2 end floor plus 1"),
    (r"\{1, 2, 3\}", "the set of 1, 2, 3 end set"),
    (r"\lVert x \rVert_2", "the norm of x end norm sub 2"),
    (r"P(A \mid B)", "capital P of open parenthesis capital A given capital B close parenthesis"),
    (r"\text{A. It has become smaller.}", "A. It has become smaller."),
    (r"\text{at least 50\%}", "at least 50%"),
    (r"\binom{N}{0}", "capital N choose 0"),
    (r"1 - \left(\frac12\right)^n", "1 minus open parenthesis fraction 1 over 2 close parenthesis to the power n"),
    (r"e^{-x}", "e to the power minus x"),
    (r"\sqrt{x + 1}", "square root of x plus 1 end root"),
    (r"3 \times 3", "3 by 3"),
    (r"\Delta w", "capital delta w"),
    (r"\begin{cases}1 & x > 0\\0 & \text{else}\end{cases}", "by cases: 1 x is greater than 0; 0 else"),
    (r"2{,}5", "2,5"),
    (r"\alpha (r + \gamma \max Q)", "alpha open parenthesis r plus gamma the maximum of capital Q close parenthesis"),
    (r"\alpha_C (-1, 3)", "alpha sub capital C open parenthesis minus 1, 3 close parenthesis"),
    (r"\text{out}_o(1 - \text{out}_o)", "out sub o open parenthesis 1 minus out sub o close parenthesis"),
    (r"p(1 - p)", "p open parenthesis 1 minus p close parenthesis"),
    (r"\hat y_1\left(1 - \hat y_1\right)", "y hat sub 1 open parenthesis 1 minus y hat sub 1 close parenthesis"),
    (r"n(n-1)", "n open parenthesis n minus 1 close parenthesis"),
    (r"a(b+c)", "a open parenthesis b plus c close parenthesis"),
    (r"\frac12 (s + y)", "fraction 1 over 2 open parenthesis s plus y close parenthesis"),
    (r"X (X^\top X)^{-1}", "capital X open parenthesis capital X transposed capital X close parenthesis inverse"),
    (r"X^\top(y - X\theta)", "capital X transposed open parenthesis y minus capital X theta close parenthesis"),
    (r"\sigma(1 - \sigma)", "sigma open parenthesis 1 minus sigma close parenthesis"),
    (r"\sigma(z)(1 - \sigma(z))", "sigma of z times open parenthesis 1 minus sigma of z close parenthesis"),
    (r"\sigma^2(n - 1)", "sigma squared open parenthesis n minus 1 close parenthesis"),
    (r"\sigma^{-1}(0.5)", "sigma inverse of 0.5"),
    (r"\sigma\left(x + b\right)", "sigma of open parenthesis x plus b close parenthesis"),
    (r"\pi(a)\,Q(s_1, a)", "pi of a times capital Q of s sub 1, a"),
    (r"f(x)^2 - f(x^2)", "f of open parenthesis x close parenthesis squared minus f of x squared"),
    (r"\int f(x)\,dx", "the integral of f of x d x"),
    (r"N(a) + h(x) + q(1)", "capital N of a plus h of x plus q of 1"),
    (r"\hat f'(x + 1)", "f hat prime of open parenthesis x plus 1 close parenthesis"),
    (r"\operatorname{sign}(x + 1)", "sign of open parenthesis x plus 1 close parenthesis"),
    (r"x \text{ if } (a + b)", "x if open parenthesis a plus b close parenthesis"),
    (r"\mathcal N(x \mid \mu_1, 1)", "capital N of open parenthesis x given mu sub 1, 1 close parenthesis"),
    (r"\tanh'(z)", "tanh prime of z"),
    (r"Q((a), b)", "capital Q of open parenthesis open parenthesis a close parenthesis, b close parenthesis"),
    (r"x^123", "x to the power 1 end power 23"),
    (r"\frac{1}{2x} + \frac12 x", "fraction 1 over 2 x end fraction plus fraction 1 over 2 x"),
    (r"\sqrt{2x} + \sqrt2 x", "square root of 2 x end root plus square root of 2 x"),
    (r"S_{xy} + S_x y + e^{2z} + x^{z'}", "capital S sub x y end sub plus capital S sub x y plus e to the power 2 z end power plus x to the power z prime"),
    (r"\frac{dq}{dz} + \frac{\partial f}{\partial x_1} + \frac{TP}{N}", "fraction d q over d z plus fraction partial f over partial x sub 1 plus fraction T P over capital N"),
    (r"\operatorname{tr}(A) + \operatorname{tr} I", "trace of capital A plus trace of capital I"),
    (r"\binom{N + 1}{2} + 1", "open parenthesis capital N plus 1 close parenthesis choose 2 plus 1"),
    (r"\lambda_{\max} + \max Q", "lambda sub max plus the maximum of capital Q"),
    (r"\sigma^4\,2!", "sigma to the power 4 end power 2 factorial"),
    (r"a = 3 \qquad b = 4, \quad c \quad\text{or}\quad d", "a equals 3, b equals 4, c or d"),
    (r"[0\ \frac12;\ 1\ 1]", "open bracket 0, fraction 1 over 2; 1, 1 close bracket"),
    (r"E[X] + \mathbb{E}_x[(y - x)^2]", "capital E of capital X plus the expectation sub x of open bracket open parenthesis y minus x close parenthesis squared close bracket"),
    (r"x \in [0, 1), y[1]", "x in open bracket 0, 1 close parenthesis, y open bracket 1 close bracket"),
    (r"|H|", "the absolute value of capital H"),
    (r"\|w\|_2^2", "the norm of w end norm sub 2 squared"),
    (r"|x| + 1 = |y|", "the absolute value of x end absolute value plus 1 equals the absolute value of y"),
    (r"|x||y - 1|z", "the absolute value of x end absolute value the absolute value of y minus 1 end absolute value z"),
    (r"2\left|\frac12\right|", "2 the absolute value of fraction 1 over 2 end absolute value"),
    (r"\max_s |V(s)| < 1", "the maximum over s of the absolute value of capital V of s end absolute value is less than 1"),
    (r"P(A|B)", "capital P of open parenthesis capital A given capital B close parenthesis"),
    (r"P(|X| > 1 | Y)", "capital P of open parenthesis the absolute value of capital X is greater than 1 given capital Y close parenthesis"),
    (r"p(x|y, z|w)", "p of open parenthesis x given y, z given w close parenthesis"),
    (r"x_{t|t-1}", "x sub t given t minus 1 end sub"),
    (r"\{x \mid |x| < 1\}", "the set of x such that the absolute value of x is less than 1 end set"),
    (r"\left. f \right|_0 + |", "f vertical bar sub 0 plus vertical bar"),
    (r"2\times3=6", "2 times 3 equals 6"),
    (r"6 = 2 \times 3", "6 equals 2 times 3"),
    (r"4 - (2 \times 3)", "4 minus open parenthesis 2 times 3 close parenthesis"),
    (r"\frac{2\times3}{4\times5}", "fraction 2 times 3 over 4 times 5 end fraction"),
    (r"3 \times 10^5", "3 times 10 to the power 5"),
    (r"227\times227\times3", "227 by 227 by 3"),
    (r"28 \times 28 \to 14 \times 14, (3 \times 3)", "28 by 28 goes to 14 by 14, open parenthesis 3 by 3 close parenthesis"),
    (r"m \times n = 3 \times 4", "m by n equals 3 by 4"),
    (r"\text{all } 3\times3 \text{ pixels}", "all 3 by 3 pixels"),
    (r"\mathbb{R}^{n \times d_x}", "the real numbers to the power n by d sub x end power"),
    (r"w^T", "w to the power capital T"),
    (r"\gamma^T V(s)", "gamma to the power capital T capital V of s"),
    (r"\left(0.5\right)^T", "open parenthesis 0.5 close parenthesis to the power capital T"),
    (r"X^TX", "capital X transposed capital X"),
    (r"w^T x + \theta^{T} \mathbf{x}", "w transposed x plus theta transposed bold x"),
    (r"X^T + \mathbf{w}^T + (AB)^T + w^\top", "capital X transposed plus bold w transposed plus open parenthesis A B close parenthesis transposed plus w transposed"),
    (r"\begin{pmatrix}1\\2\end{pmatrix}^T", "the column vector 1, 2 end vector transposed"),
    (r"V^\pi(s) = V^*(s)", "capital V superscript pi of s equals capital V star of s"),
    (r"Q^{\pi'} - \pi_* + e^\pi + 2^\pi", "capital Q superscript pi prime minus pi sub star plus e to the power pi plus 2 to the power pi"),
    (r"s_1 \xrightarrow{-2} s_2", "s sub 1 arrow labelled minus 2 to s sub 2"),
    (r"A \xrightarrow[b]{a} B \xrightarrow{} C", "capital A arrow labelled a, b to capital B goes to capital C"),
    (r"\begin{pmatrix}1\\-2\end{pmatrix}+3", "the column vector 1, minus 2 end vector plus 3"),
    (r"\begin{bmatrix}1 & 2\\3 & 4\end{bmatrix}^{-1}x", "the 2 by 2 matrix with rows 1, 2; 3, 4 end matrix inverse x"),
    (r"{y = \begin{bmatrix}1 & 2\end{bmatrix}}.", "y equals the row vector 1, 2."),
]


@pytest.mark.parametrize("latex, words", SPOKEN)
def test_formulas_in_words(latex, words):
    assert say(latex) == words


IN_WORDS = [
    ("de", r"x^2 + \frac{2}{9}", "x Quadrat plus Bruch 2 durch 9"),
    ("de", r"\begin{bmatrix}1 & 2 \\ 3 & 4\end{bmatrix}", "die 2-mal-2-Matrix mit den Zeilen 1, 2; 3, 4"),
    ("de", r"\frac{1}{1 + e^{-z}}", "Bruch 1 durch 1 plus e hoch minus z Ende des Bruchs"),
    ("de", r"X^\top y", "groß X transponiert y"),
    ("fr", r"x^2 + \frac{2}{9}", "x au carré plus fraction 2 sur 9"),
    ("fr", r"\sum_{i=1}^n x_i", "la somme de i égale 1 à n de x indice i"),
    ("es", r"\sqrt{x + 1}", "raíz cuadrada de x más 1 fin de la raíz"),
    ("es", r"\theta_1 \le -3", "theta subíndice 1 es a lo sumo menos 3"),
    ("zh", r"\begin{bmatrix}1 & 2 \\ 3 & 4\end{bmatrix}", "2 乘 2 矩阵，各行为 1, 2; 3, 4"),
    ("de", r"\alpha (r + \gamma)", "alpha Klammer auf r plus gamma Klammer zu"),
    ("de", r"\sigma(z)(1 - \sigma(z))", "sigma von z mal Klammer auf 1 minus sigma von z Klammer zu"),
    ("fr", r"\eta(t - o)", "êta parenthèse ouvrante t moins o parenthèse fermante"),
    ("fr", r"\varphi(x)", "phi de x"),
    ("es", r"p(1 - p)", "p abre paréntesis 1 menos p cierra paréntesis"),
    ("zh", r"n(n - 1) + f(n)", "n 左括号 n 减 1 右括号 加 f ： n"),
    ("de", r"\frac{1}{2x} + \frac12 x", "Bruch 1 durch 2 x Ende des Bruchs plus Bruch 1 durch 2 x"),
    ("fr", r"\frac{1}{x^2}", "fraction 1 sur x au carré"),
    ("de", r"\binom{n + 1}{2}", "Klammer auf n plus 1 Klammer zu über 2"),
    ("fr", r"\operatorname{tr}(A)", "trace de majuscule A"),
    ("es", r"E[X]", "mayúscula E de mayúscula X"),
    ("de", r"|w| + P(A|B)", "Betrag von w Ende des Betrags plus groß P von Klammer auf groß A unter der Bedingung groß B Klammer zu"),
    ("es", r"\{x | x > 0\}", "el conjunto x tal que x es mayor que 0 fin del conjunto"),
    ("zh", r"\|w\|", "范数 w"),
    ("fr", r"2 \times 3 = 6", "2 fois 3 égale 6"),
    ("fr", r"2 \times 3", "2 par 3"),
    ("de", r"\gamma^T", "gamma hoch groß T"),
    ("de", r"w^T x", "w transponiert x"),
    ("de", r"s \xrightarrow{-2} t", "s Pfeil mit minus 2 nach t"),
    ("de", r"\begin{pmatrix}1\\-2\end{pmatrix}+3", "der Spaltenvektor 1, minus 2 Ende des Vektors plus 3"),
    ("fr", r"s \xrightarrow{-2} t", "s flèche marquée moins 2 vers t"),
    ("es", r"\begin{bmatrix}1 & 2\\3 & 4\end{bmatrix} x", "la matriz 2 por 2 con filas 1, 2; 3, 4 fin de la matriz x"),
    ("zh", r"V^\pi(s)", "大写 V 上标 pi ： s"),
]


@pytest.mark.parametrize("language, latex, words", IN_WORDS)
def test_formulas_in_words_of_the_papers_language(language, latex, words):
    assert say(latex, language) == words


NUMBERS = ["0", "1", "2", "3", "7", "12", "10000", "731"]


@pytest.mark.parametrize("latex", [
    "x^#", "x^{#}", "x^{-#}", "x^{#.#}", "x^{-#.5}", "x_# + x_{#}", "p_#(# - p_#)", "p_{#}(# - p_{#})", r"\alpha(#, -#) + x(#) f^#(# + x)", "f^{-#}(x + #)", r"(#)^T + #^T x + x_#^T y^\pi", r"s \xrightarrow{#} t \xrightarrow[#]# u", r"\frac##", r"\frac{#}{#} x", r"\mathbb{#}", r"\mathbb#", r"\sqrt[#]{#}", r"# \times #", r"# \times # = #", r"#\ # \quad #^# #", r"|#| + |x - #| + (#|#) + \|#\|^#", r"#^{# \times #} x_# \times #",
    r"#.# \times #", r"#{,}# \times x", r"f(#{,}#, x + y + # z)", r"\#", r"#\#", r"\\#", r"#\%", r"\text{no # of #}", r"\text{#{#}}", "x^{{#}}", r"x^{\text{#}}",
    r"\begin{bmatrix}# & -#\\ \frac{#}{#} & #\end{bmatrix}^{-#}", r"\sum_{i=#}^# i^#", r"\textcolor{#}{x^#}", "{" * 90 + "#" + "}" * 90, "#٣", "#０００００", "#..#", ""])
def test_formulas_with_other_numbers_are_read_as_if_by_themselves(latex):
    """What was read of one formula is used for others: nothing of its numbers may stay in it, and no value that decides be overlooked."""
    for turn in range(len(NUMBERS)):
        shown = "".join([c if c != "#" else NUMBERS[(turn + i * i) % len(NUMBERS)] for i, c in enumerate(latex)])
        for language in LANGUAGES:
            assert say(shown, language) == spoken._read(shown, language)


def test_every_language_of_the_pages_can_speak():
    """All words, and in each as many places to fill in as in English."""
    assert set(LANGUAGES) == set(WORDS)
    for table in LANGUAGES.values():
        assert set(table) >= set(LANGUAGES["en"])
        for name, words in LANGUAGES["en"].items():
            assert table[name].count("{}") == words.count("{}") and bool(table[name]) == bool(words)


def test_the_pages_speak_their_language_and_say_where_they_do_not():
    pdf = render_key(view(language="de"))
    assert ("Formula", "x Quadrat") in said(pdf)
    with pikepdf.open(io.BytesIO(pdf)) as read:
        formulas = [o for o in read.objects if isinstance(o, pikepdf.Dictionary) and o.get("/S") == "/Formula"]
        assert formulas and not any(["/Lang" in o for o in formulas])


@pytest.mark.parametrize("latex", ["{" * 400 + "x" + "}" * 400, r"\sqrt" * 900 + "x", r"\frac" * 3000, "^" * 500, "_{" * 500, r"\left(" * 900, "}", "&", "\\",
                                   r"\begin{matrix}", r"\text{", r"\end{x}", "|" * 901, "|(" * 300, r"\left|" * 500, r"\times" * 500, "f(" * 500,
                                   "f(x" * 200 + ")" * 200, "^T" * 300, r"\xrightarrow[" * 300, r"x^|", r"\right", r"\text", r"\left", r"f(x + 1\}", "f(x + 1]", "(|" * 200 + "|)" * 200])
def test_no_formula_is_too_odd_to_be_read(latex):
    assert isinstance(say(latex), str)


def test_a_paper_and_its_key_are_whole():
    table = part(ask="Look at\n\n| a | b |\n|---|---|\n| 1 | $x^2$ |\n\n* one\n* two\n\n1. first\n2. second\n\n> quoted\n\n`code`\n\n    more code")
    grid = part("b", space={"shape": "grid", "rows": 2, "columns": 2, "row_heads": ["$s_1$", "$s_2$"], "column_heads": ["up", "down"]})
    boxes = part("c", space={"shape": "boxes", "options": [("A", "It rises."), ("B", "$x<1$")], "many": True})
    cells = part("d", space={"shape": "grid", "rows": 2, "columns": 2, "row_heads": [], "column_heads": []})
    for one in (view(table, grid, boxes, cells), many(20), view(language="de"), view(name="", student="")):
        assert faults(render_paper(one)) == []
        assert faults(render_key(one)) == []


def test_what_is_read_and_in_which_order():
    heard = said(render_paper(view(part("a", ask="Compute $x^2$."), part("b", space={"shape": "grid", "rows": 2, "columns": 3, "row_heads": [],
                                                                                         "column_heads": []}))))
    roles = [role for role, _ in heard]
    assert roles.index("H1") < roles.index("H2") < roles.index("H3") < roles.index("Formula")
    assert ("Formula", "x squared") in heard
    assert ("Figure", "room for the answer: 2 rows and 3 columns of cells") in heard
    assert ("Span", "2 points") in heard


def test_a_formula_in_pieces_is_read_once():
    wide = "x = (" + ", ".join(map(str, range(1000, 1030))) + ")"
    heard = [alt for role, alt in said(render_paper(view(part(ask=f"Given ${wide}$.")))) if role == "Formula" and "1029" in alt]
    assert len(heard) == 1


def test_headings_do_not_skip_a_level_without_section_titles():
    one = view()
    assert faults(render_paper(replace(one, sections=(replace(one.sections[0], title=""),)))) == []


def test_bookmarks_lead_to_sections_and_questions():
    with pikepdf.open(io.BytesIO(render_paper(many(9)))) as pdf, pdf.open_outline() as outline:
        assert [str(item.title) for item in outline.root] == ["Midterm"]
        section = outline.root[0].children[0]
        assert str(section.title) == "Problems" and str(section.children[0].title) == "1 A question of x"


def test_the_checker_can_fail():
    good = render_paper(view())
    with pikepdf.open(io.BytesIO(good)) as pdf:
        del pdf.Root["/Lang"]
        page = pdf.pages[0]
        page.Contents = pdf.make_stream(page.Contents.read_bytes().replace(b"/Artifact BMC", b"q", 1).replace(b"EMC", b"Q", 1))
        out = io.BytesIO()
        pdf.save(out)
    found = faults(out.getvalue())
    assert "the document has no language" in found and any("neither in an element" in f for f in found)
