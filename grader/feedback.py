"""What each student is told: answers as typed and as read, points, the reason in plain words, the key, the worked solution."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from flint import fmpq

from examwright.answers.phrases import Phrase, Said, told
from examwright.generator import wording
from examwright.generator.exam import facts_of
from examwright.generator.feedback_view import FeedbackItem, FeedbackPart, FeedbackView
from examwright.generator.figures.words import speech
from examwright.generator.question import Variant
from examwright.generator.store import StoredItem
from examwright.grader.amend import accepted_later
from examwright.grader.mark import Mark
from examwright.grader.papers import Rules, variant_of
from examwright.grader.records import Marked

TYPED = 600  # characters of an answer that are shown; the whole is kept


def feedback(about: Mapping[str, str], paper: Mapping[str, str], items: Sequence[StoredItem], marks: Sequence[Marked],
             rules: Rules, language: str = "") -> FeedbackView:
    """One student's feedback. `about` and `paper` are rows of exam.db, `items` what was issued, `marks` the student's marks,
    `rules` how the exam is marked now (a question that was amended is shown as amended), `language` that of the theme, which counts where
    the plan names none. Raises ExamwrightError where what was issued cannot be computed again."""
    facts = facts_of(about["plan"])
    language = facts.get("language") or language or "en"
    by = {m.place: m for m in marks}
    made = []
    for item in items:
        mine = [by[item.student, item.number, name] for name, _, _ in item.parts]
        made.append(_item(item, variant_of(item, rules), mine, rules, language))
    points = sum((m.points for m in marks), fmpq(0))
    of = sum((m.of for m in marks), fmpq(0))
    return FeedbackView(
        title=facts.get("title", ""), course=facts.get("course", ""), date=facts.get("date", ""),
        student=items[0].student if items else "", name=paper["name"], code=paper["code"], points=wording.points(points), of=wording.points(of),
        percent=f"{float(100 * points / of):.0f}" if of else "", open=sum([m.mark.open for m in marks]), items=tuple(made),
        language=language, page_size=facts.get("paper", "A4"))


def _item(item: StoredItem, variant: Variant, marks: Sequence[Marked], rules: Rules, language: str) -> FeedbackItem:
    parts = []
    for part, (_, label, _), marked in zip(variant.parts, item.parts, marks):
        mark = marked.mark
        kind = wording.kind_of(variant, part)
        given = part.formula is not None
        key = variant.values[part.name] if given else None
        written = bool(mark.causes) or mark.why == "hand" or (kind.own_key and bool(mark.say) and mark.why != "blank")  # words of the question's author, or of who marked it: Markdown
        parts.append(FeedbackPart(
            label=label, ask=wording.ask(variant, part, language), points=wording.points(marked.points), of=wording.points(marked.of), tone=tone(marked),
            why=mark.why, say=told(mark.told, language) if written else mark.comment,
            note="" if written else plain(told(note(marked), language), mark.raw, language), typed=shortened(_typed(mark, language)),
            read="" if same(mark.raw, mark.read) else shortened(plain(told(mark.read, language), mark.raw, language)), asked=told(kind.asked(), language),
            key_latex=kind.latex(key, language) if given else "", key_plain=told(kind.plain(key), language) if given else "",
            accepted=told(wording.accepted(variant, part), language) if given else "", solution=wording.part_solution(variant, part, language),
            options=tuple([(mark, text) for mark, text in kind.space().get("options", ())]),
            also=tuple(accepted_later(rules.amendments, item, variant, part.name, rules.notation)) if given else ()))
    return FeedbackItem(
        number=str(item.number), title=variant.question.title, text=wording.question_text(variant),
        points=wording.points(sum((m.points for m in marks), fmpq(0))), of=wording.points(item.points), parts=tuple(parts),
        solution=wording.closing(variant))


def _typed(mark: Mark, language: str) -> str:
    """An answer as typed; where a box on screen has typed it ("none of these"), in the language of the exam."""
    return told(mark.read, language) if isinstance(mark.read, Phrase) and mark.raw == mark.read else mark.raw


def tone(marked: Marked) -> str:
    """How a mark looks: right, partly, wrong, or open where a person has to look."""
    if marked.mark.open:
        return "open"
    if marked.points == marked.of:
        return "right"
    return "partly" if marked.points > 0 else "wrong"


def note(marked: Marked) -> Said:
    """The reason of a mark where no author wrote one: what is told, and for a wrong answer what shows it."""
    mark = marked.mark
    if mark.why == "blank" or (mark.why in ("key", "rounded") and marked.points == marked.of):
        return ""
    if mark.why == "unreadable":
        return mark.evidence
    if mark.why == "rounded":  # the verdict says already that these are too few digits
        return mark.evidence
    return mark.say or (mark.evidence if mark.why == "wrong" else "")


def plain(text: str, typed: str, language: str = "en") -> str:
    """What marking says of an answer, with the author's labels ($s_1$) in words, as it stands there as plain text. Dollars
    that a student may have typed stay."""
    return speech(language).label(text) if "$" in text and "$" not in typed else text


def shortened(text: str) -> str:
    """An answer as shown: at most TYPED characters."""
    text = text.strip()
    return text if len(text) <= TYPED else text[:TYPED] + " …"


def same(typed: str, read: str) -> bool:
    """Would it tell nothing to show both? White space aside, they are the same."""
    return "".join(typed.split()) == "".join(read.split())


def lines(marks: Sequence[Marked], language: str = "en") -> list[str]:
    """A student's marks in short, for a gradebook's comment: the points of each question, and what went wrong, in the language of the
    exam. It repeats nothing that the student wrote."""
    short = SHORT[language]
    out: list[str] = []
    questions: dict[int, list[Marked]] = {}
    for m in marks:
        questions.setdefault(m.number, []).append(m)
    for number, mine in questions.items():
        got, of = [wording.points(sum((getattr(m, what) for m in mine), fmpq(0))) for what in ("points", "of")]
        out.append(short["total"].format(number, got, of))
        for m in mine:
            if m.points < m.of or m.mark.open:
                out.append(short["part"].format(m.item, wording.points(m.points), wording.points(m.of), _short(m, short, language)))
    return out


# language → the lines of questions and of parts, what joins a reason and a comment, and the reason of a mark in two or three words
SHORT: dict[str, dict[str, str]] = {
    "en": {"total": "{}: {} of {}", "part": "{}: {} of {}, {}", "comment": "{}. {}", "key": "right", "rounded": "too few digits",
           "follow-through": "right from your own earlier answer", "mistake": "a known mistake", "wrong": "wrong", "blank": "no answer",
           "unreadable": "waits for a person", "undecided": "waits for a person", "hand": "marked by hand", "accepted": "also accepted", "void": "taken out"},
    "de": {"total": "{}: {} von {}", "part": "{}: {} von {}, {}", "comment": "{}. {}", "key": "richtig", "rounded": "zu wenige Stellen",
           "follow-through": "richtig weitergerechnet", "mistake": "ein bekannter Fehler", "wrong": "nicht richtig", "blank": "keine Antwort",
           "unreadable": "wird noch angesehen", "undecided": "wird noch angesehen", "hand": "von Hand bewertet", "accepted": "auch angenommen", "void": "gestrichen"},
    "fr": {"total": "{} : {} sur {}", "part": "{} : {} sur {}, {}", "comment": "{}. {}", "key": "juste", "rounded": "trop peu de chiffres",
           "follow-through": "bien poursuivi", "mistake": "une erreur connue", "wrong": "faux", "blank": "pas de réponse",
           "unreadable": "à examiner", "undecided": "à examiner", "hand": "noté à la main", "accepted": "accepté aussi", "void": "annulé"},
    "es": {"total": "{}: {} de {}", "part": "{}: {} de {}, {}", "comment": "{}. {}", "key": "correcta", "rounded": "muy pocas cifras",
           "follow-through": "bien continuada", "mistake": "un error conocido", "wrong": "incorrecta", "blank": "sin respuesta",
           "unreadable": "pendiente de revisión", "undecided": "pendiente de revisión", "hand": "corregida a mano", "accepted": "también aceptada",
           "void": "anulada"},
    "zh": {"total": "{}：{}/{}", "part": "{}：{}/{}，{}", "comment": "{}。{}", "key": "正确", "rounded": "位数不足",
           "follow-through": "后续计算正确", "mistake": "常见错误", "wrong": "不正确", "blank": "未作答",
           "unreadable": "待人工查看", "undecided": "待人工查看", "hand": "人工评分", "accepted": "也可接受", "void": "作废"},
}


def _short(marked: Marked, short: Mapping[str, str], language: str) -> str:
    mark = marked.mark
    if mark.causes or (mark.why == "hand" and mark.say):
        return _unmarked(told(mark.told, language))
    return short["comment"].format(short[mark.why], _unmarked(mark.comment)) if mark.comment else short[mark.why]


def _unmarked(text: str) -> str:
    """Markdown without its marks; formulas stay."""
    pieces = " ".join(text.split()).split("$")
    return "$".join([p if i % 2 else re.sub(r"[*_`]", "", p) for i, p in enumerate(pieces)])
