"""A student's feedback as PDF, in the style of the paper and by the same way, and as a web page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from examwright.generator.feedback_view import FeedbackPart, FeedbackView
from examwright.generator.pages import _covered, _Setter, _templates
from examwright.generator.webpage import told, web_page

_WORDS: dict[str, dict[str, Any]] = {
    "en": {"feedback": "Feedback", "question": "Question", "points": "points", "of": "of", "total": "Total", "answer": "Your answer",
           "result": "Result", "read": "read as", "nothing": "nothing", "key": "Right answer", "accepted": "accepted:", "solution": "Worked solution",
           "part": "Part", "also": "To this question", "open": "Parts that a person has still to look at: {}. The total is not final.",
           "why": {"key": "Right", "rounded": "Right, rounded", "follow-through": "Carried on correctly",
                   "mistake": "A known mistake", "wrong": "Not right", "blank": "No answer", "unreadable": "Could not be read",
                   "undecided": "Waits for a person"}, "few": "Too few digits", "some": "Partly right", "hand": "Marked by hand"},
    "de": {"feedback": "Rückmeldung", "question": "Aufgabe", "points": "Punkte", "of": "von", "total": "Summe", "answer": "Ihre Antwort",
           "result": "Bewertung", "read": "gelesen als", "nothing": "nichts", "key": "Richtige Antwort", "accepted": "angenommen:", "solution": "Lösungsweg",
           "part": "Teil", "also": "Zu dieser Aufgabe", "open": "Noch von einem Menschen anzusehen: {}. Die Summe ist nicht endgültig.",
           "why": {"key": "Richtig", "rounded": "Richtig gerundet", "follow-through": "Richtig weitergerechnet",
                   "mistake": "Ein bekannter Fehler", "wrong": "Nicht richtig", "blank": "Keine Antwort", "unreadable": "Nicht lesbar",
                   "undecided": "Wird noch angesehen"}, "few": "Zu wenige Stellen", "some": "Teilweise richtig", "hand": "Von Hand bewertet"},
    "fr": {"feedback": "Correction", "question": "Question", "points": "points", "of": "sur", "total": "Total", "answer": "Votre réponse",
           "result": "Résultat", "read": "lue comme", "nothing": "rien", "key": "Bonne réponse", "accepted": "accepté :", "solution": "Solution détaillée",
           "part": "Partie", "also": "À propos de cette question", "open": "Parties à examiner encore par une personne : {}. Le total n’est pas définitif.",
           "why": {"key": "Juste", "rounded": "Juste, arrondi", "follow-through": "Bien poursuivi",
                   "mistake": "Une erreur connue", "wrong": "Faux", "blank": "Pas de réponse", "unreadable": "Illisible",
                   "undecided": "À examiner"}, "few": "Trop peu de chiffres", "some": "En partie juste", "hand": "Noté à la main"},
    "es": {"feedback": "Comentarios", "question": "Pregunta", "points": "puntos", "of": "de", "total": "Total", "answer": "Su respuesta",
           "result": "Resultado", "read": "leída como", "nothing": "nada", "key": "Respuesta correcta", "accepted": "se acepta:", "solution": "Solución paso a paso",
           "part": "Parte", "also": "Sobre esta pregunta", "open": "Partes que una persona aún debe revisar: {}. El total no es definitivo.",
           "why": {"key": "Correcta", "rounded": "Correcta, redondeada", "follow-through": "Bien continuada",
                   "mistake": "Un error conocido", "wrong": "Incorrecta", "blank": "Sin respuesta", "unreadable": "No se pudo leer",
                   "undecided": "Pendiente de revisión"}, "few": "Muy pocas cifras", "some": "Parcialmente correcta", "hand": "Corregida a mano"},
    "zh": {"feedback": "答卷反馈", "question": "题", "points": "分", "of": "/", "total": "总分", "answer": "你的答案", "result": "评定", "read": "读作",
           "nothing": "无", "key": "正确答案", "accepted": "可接受：", "solution": "解题过程", "part": "小题", "also": "关于本题",
           "open": "尚待人工查看的小题：{}。总分尚未确定。",
           "why": {"key": "正确", "rounded": "正确（四舍五入）", "follow-through": "后续计算正确", "mistake": "常见错误",
                   "wrong": "不正确", "blank": "未作答", "unreadable": "无法读取", "undecided": "待人工查看"},
           "few": "位数不足", "some": "部分正确", "hand": "人工评分"},
}


def verdict(words: dict[str, Any], part: FeedbackPart) -> str:
    """The mark of a part in two or three words."""
    if part.why == "rounded" and part.tone != "right":
        return str(words["few"])
    if part.why == "wrong" and part.tone == "part":
        return str(words["some"])
    return str(words["why"].get(part.why, words["hand"]))


def render_feedback(view: FeedbackView) -> bytes:
    """The feedback as PDF: the same view gives the same bytes. Raises ExamwrightError for what cannot be printed."""
    return _FeedbackSetter(view).pdf()


def render_feedback_page(view: FeedbackView) -> bytes:
    """The feedback as one HTML file that needs nothing else."""
    words = _WORDS[view.language]
    return web_page("feedback.html.j2", view.language, view=view, words=words, verdict=lambda part: verdict(words, part))


class _FeedbackSetter(_Setter):
    """Sets the feedback as `_Setter` sets a paper."""

    view: Any

    def __init__(self, view: FeedbackView):
        super().__init__(view, True, False)  # type: ignore[arg-type]
        self.told = {**self.words, **_WORDS[view.language]}

    def ask(self, part: Any) -> Any:
        """The text of a part, with what it earned in the margin."""
        return super().ask(replace(part, points=f"{part.points} / {part.of}"))

    def xhtml(self) -> str:
        view = self.view
        return str(_templates().get_template("feedback.xhtml.j2").render(
            view=view, words=self.told, head=" · ".join([t for t in (view.course, view.title, self.told["feedback"]) if t]),
            who=" · ".join([t for t in (view.name, view.student) if t]), block=self.block, inline=self.inline, ask=self.ask,
            answer=self.answer, verdict=lambda part: verdict(self.told, part), shown=shown, say=lambda text: told(self.markup, text)))


def shown(text: str) -> str:
    """What a student wrote, in the characters that our fonts have: others as [U+738B]."""
    return "".join([c if ord(c) in _covered() or c == " " else " " if c.isspace() else f"[U+{ord(c):04X}]" for c in text])
