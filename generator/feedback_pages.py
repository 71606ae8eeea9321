"""A student's feedback as PDF, in the style of the paper and by the same way, and as a web page."""

from __future__ import annotations

import re
from typing import Any

from examwright.generator.feedback_view import FeedbackPart, FeedbackView
from examwright.generator.pages import composed, printable
from examwright.generator.pages.holes import Block
from examwright.generator.pages.sheet import Sheet, plain, spread, templates, top_level
from examwright.generator.pages.words import WORDS
from examwright.generator.webpage import told, web_page
from examwright.generator.wide import WIDE

LONG = 48  # characters without a space, more than fit a line: they are cut
_WORDS: dict[str, dict[str, Any]] = {
    "en": {"feedback": "Feedback", "back": "Back", "question": "Question", "points": "points", "of": "of", "total": "Total", "most": "Out of", "answer": "Your answer",
           "result": "Result", "read": "read as", "nothing": "nothing", "key": "Right answer", "accepted": "accepted:", "too": "also accepted:", "solution": "Worked solution",
           "part": "Part", "also": "To this question", "open": "Parts that a person still has to look at: {}. Until then the total is not final.",
           "why": {"key": "Right", "rounded": "Right, rounded", "follow-through": "Carried on correctly",
                   "mistake": "A known mistake", "wrong": "Not right", "blank": "No answer", "unreadable": "Could not be read",
                   "undecided": "Waits for a person", "accepted": "Also accepted", "void": "Taken out"}, "few": "Too few digits", "some": "Partly right", "hand": "Marked by hand"},
    "de": {"feedback": "Rückmeldung", "back": "Zurück", "question": "Aufgabe", "points": "Punkte", "of": "von", "total": "Summe", "most": "Möglich", "answer": "Ihre Antwort",
           "result": "Bewertung", "read": "gelesen als", "nothing": "nichts", "key": "Richtige Antwort", "accepted": "angenommen:", "too": "auch angenommen:", "solution": "Lösungsweg",
           "part": "Teil", "also": "Zu dieser Aufgabe", "open": "Noch von einem Menschen anzusehen: {}. Die Summe ist nicht endgültig.",
           "why": {"key": "Richtig", "rounded": "Richtig gerundet", "follow-through": "Richtig weitergerechnet",
                   "mistake": "Ein bekannter Fehler", "wrong": "Nicht richtig", "blank": "Keine Antwort", "unreadable": "Nicht lesbar",
                   "undecided": "Wird noch angesehen", "accepted": "Auch angenommen", "void": "Gestrichen"}, "few": "Zu wenige Stellen", "some": "Teilweise richtig", "hand": "Von Hand bewertet"},
    "fr": {"feedback": "Correction", "back": "Retour", "question": "Question", "points": "points", "of": "sur", "total": "Total", "most": "Sur", "answer": "Votre réponse",
           "result": "Résultat", "read": "lue comme", "nothing": "rien", "key": "Bonne réponse", "accepted": "accepté :", "too": "accepté aussi :", "solution": "Solution détaillée",
           "part": "Partie", "also": "À propos de cette question", "open": "Parties à examiner encore par une personne : {}. Le total n’est pas définitif.",
           "why": {"key": "Juste", "rounded": "Juste, arrondi", "follow-through": "Bien poursuivi",
                   "mistake": "Une erreur connue", "wrong": "Faux", "blank": "Pas de réponse", "unreadable": "Illisible",
                   "undecided": "À examiner", "accepted": "Acceptée aussi", "void": "Annulée"}, "few": "Trop peu de chiffres", "some": "En partie juste", "hand": "Noté à la main"},
    "es": {"feedback": "Comentarios", "back": "Volver", "question": "Pregunta", "points": "puntos", "of": "de", "total": "Total", "most": "Máximo", "answer": "Su respuesta",
           "result": "Resultado", "read": "leída como", "nothing": "nada", "key": "Respuesta correcta", "accepted": "se acepta:", "too": "también se acepta:", "solution": "Solución paso a paso",
           "part": "Parte", "also": "Sobre esta pregunta", "open": "Partes que una persona aún debe revisar: {}. El total no es definitivo.",
           "why": {"key": "Correcta", "rounded": "Correcta, redondeada", "follow-through": "Bien continuada",
                   "mistake": "Un error conocido", "wrong": "Incorrecta", "blank": "Sin respuesta", "unreadable": "No se pudo leer",
                   "undecided": "Pendiente de revisión", "accepted": "También aceptada", "void": "Anulada"}, "few": "Muy pocas cifras", "some": "Parcialmente correcta", "hand": "Corregida a mano"},
    "zh": {"feedback": "答卷反馈", "back": "返回", "question": "题", "points": "分", "of": "/", "total": "总分", "most": "满分", "answer": "你的答案", "result": "评定", "read": "读作",
           "nothing": "无", "key": "正确答案", "accepted": "可接受：", "too": "也可接受：", "solution": "解题过程", "part": "小题", "also": "关于本题",
           "open": "尚待人工查看的小题：{}。总分尚未确定。",
           "why": {"key": "正确", "rounded": "正确（四舍五入）", "follow-through": "后续计算正确", "mistake": "常见错误",
                   "wrong": "不正确", "blank": "未作答", "unreadable": "无法读取", "undecided": "待人工查看", "accepted": "也可接受", "void": "作废"},
           "few": "位数不足", "some": "部分正确", "hand": "人工评分"},
}

for _language, _words in _WORDS.items():
    _words.update(colon=WORDS[_language]["colon"], stop="。" if _language == "zh" else ".")


def verdict(words: dict[str, Any], part: FeedbackPart) -> str:
    """The mark of a part in two or three words, with a full stop, or a colon where a reason follows that is no sentence."""
    said = str(words["why"].get(part.why, words["hand"]))
    if part.why == "rounded" and part.tone != "right":
        said = str(words["few"] if not part.say else words["some"] if part.tone == "partly" else words["why"]["wrong"])  # what is told begins with it
    if part.why == "wrong" and part.tone == "partly":
        said = str(words["some"])
    return said + str(words["colon"] if part.note and not part.note[0].isupper() else words["stop"])


def ended(words: dict[str, Any], text: str) -> str:
    """A reason with a full stop."""
    return text if text.endswith((".", "!", "?", "。", "！", "？")) else f"{text}{words['stop']}"


def render_feedback(view: FeedbackView) -> bytes:
    """The feedback as PDF: the same view gives the same bytes. Raises ExamwrightError for what cannot be printed."""
    return composed(FeedbackSheet(view), [])


def render_feedback_page(view: FeedbackView, back: str = "") -> bytes:
    """The feedback as one HTML file that needs nothing else; `back`: the address of the page it was called from."""
    words = _WORDS[view.language]
    return web_page("feedback.html.j2", view.language, view=view, words=words, back=back, verdict=lambda part: verdict(words, part), ended=lambda text: ended(words, text))


class FeedbackSheet(Sheet):
    """The blocks of a feedback, as those of a key."""

    view: Any

    def __init__(self, view: FeedbackView):
        super().__init__(view, "feedback")  # type: ignore[arg-type]
        self.told = _WORDS[view.language]
        self.head = self.named = " · ".join([t for t in (self.told["feedback"], self.head) if t])
        self.who, self.foot = self.shown(self.who), self.shown(self.foot)
        self.code = ""  # a scanner must not take it for the paper

    def shown(self, text: str) -> str:
        """What a student wrote, in characters that our fonts have (others as [U+738B]), and cut to fit a line."""
        text = " ".join(text.split())
        if not printable(text, self.view.theme, self.view.language):
            text = "".join([c if printable(c, self.view.theme, self.view.language) else f"[U+{ord(c):04X}]" for c in text])
        return re.sub(rf"([^\s{WIDE}]{{{LONG}}})(?=[^\s{WIDE}])", r"\1 ", text)

    def asked(self, part: Any) -> list[Any]:
        """The text of a part, with what it earned in the margin."""
        return self.ask(part.label, f"{part.points} / {part.of}", part.ask, f"{part.points} {self.told['of']} {part.of}")

    def solution(self, part: FeedbackPart) -> list[Any]:
        """The worked solution in blocks, with its name before the first line."""
        return self._named(self.told["solution"], part.solution)

    def closing(self, item: Any) -> list[Any]:
        """What closes a question, in the same way."""
        return self._named(self.told["also"], item.solution)

    def _named(self, name: str, text: str) -> list[Any]:
        from markupsafe import Markup as Safe

        found = [str(b) for b in self.solved(text)]
        way = f'<span class="way">{name}{self.words["colon"]}</span>'
        if found and found[0].startswith("<p>"):
            found[0] = f"<p>{way} {found[0][3:]}"
        elif found:
            found.insert(0, f"<p>{way}</p>")
        return [Safe(b) for b in found]

    def because(self, part: FeedbackPart) -> list[Any]:
        """Why a part earned what it earned, the verdict first."""
        from markupsafe import Markup as Safe

        said = f'<span class="verdict">{verdict(self.told, part)}</span>'
        if part.note:
            said += f" {self.say(ended(self.told, self.minus(self.shown(part.note))))}"
        if not part.say:
            return [Safe(f"<p>{said}</p>")]
        text = told(self.markup, part.say)
        blocks = top_level(text) if hasattr(text, "__html__") else [f"<p>{self.say(self.shown(text))}</p>"]
        first, *rest = blocks or ("<p></p>",)
        return [Safe(b) for b in ([f"<p>{said} {first[3:]}", *rest] if first.startswith("<p>") else [f"<p>{said}</p>", first, *rest])]

    def blocks_of(self) -> list[Block]:
        """The blocks, each with its own holes numbered from 0."""
        view = self.view
        rows = spread(view.items, int(13 / self.scale))
        return list(self.numbered(templates().get_template("feedback.xhtml.j2").render(
            view=view, beside=self.beside, words=self.words, told=self.told, rows=rows, plain=plain, plain_title=self.title, logo=self.logo(),
            typed=lambda text: self.say(self.shown(text)), say=self.say, blocks=self.blocks, inline=self.inline, minus=self.minus, holds=self.holds, extent=self.extent,
            ask=self.asked, answer=self.answer,
            because=self.because, scale=self.scale, solution=self.solution, closing=self.closing, long=self.long, short=self.short, stays=self.stays)))
