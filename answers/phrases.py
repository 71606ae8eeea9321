"""What is said of answers: how they are to be given, what else is right, and (`reasons.py`) why they are right or wrong; by the name of the
phrase, in the language of who reads it.

Kinds of answers say phrases and know no language. A text between them is the same in every language: numbers, formulas, an author's words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from examwright.answers.reasons import REASONS

__all__ = ["SENTENCES", "Phrase", "Said", "as_json", "either", "from_json", "joined", "known", "listed", "phrase", "spelled", "told"]

# language → name → sentence; {x} is what is given by that name. Of two sentences the first is for n = 1. "or" and "none" stand in formulas,
# whose font has no Chinese signs.
SENTENCES: dict[str, dict[str, str | tuple[str, str]]] = {
    "en": {
        "so many digits": ("{n} significant digit", "{n} significant digits"), "so many decimals": ("{n} decimal", "{n} decimals"), "nearest": "the nearest whole number",
        "; ": "; ", "and more": "{first}; {then}", "and": "{first} and {last}", "or": "{one} or {other}", "none": "none", "none ticked": "none", "state": "state", "step": "step", "cell": "cell",
        "digits": ("to {n} significant digit", "to {n} significant digits"), "decimals": ("to {n} decimal", "to {n} decimals"),
        "nearest whole": "to the nearest whole number", "whole number": "whole number", "whole numbers": "whole numbers",
        "exact fraction": "exact fraction", "numbers": "numbers {how}", "all that apply": "tick all that apply",
        "all that apply, negative": "tick all that apply; wrong ticks cost points", "equal ones": "with = between equal ones",
        "label each": "one label for each point", "one for each": "one of {actions} for each {each}", "interval": "as an interval",
        "interval to": "as an interval, {how}", "in terms of": "in terms of {symbols}", "in terms of, for": "in terms of {symbols} for {conditions}",
        "also": "also {answer}", "also where": "also whatever meets the condition {condition}", "other labels": "also with other names of the clusters",
        "up to sign": "also with all signs changed", "up to scale": "also any multiple but 0 times it",
        "up to positive scale": "also any positive multiple", "up to order": "also in any order",
        "up to row order": "also with the rows in any order", "up to column order": "also with the columns in any order",
        "up to row signs": "also with the signs of any rows changed", "up to column signs": "also with the signs of any columns changed"},
    "de": {
        "so many digits": ("{n} signifikante Stelle", "{n} signifikante Stellen"), "so many decimals": ("{n} Nachkommastelle", "{n} Nachkommastellen"), "nearest": "die nächste ganze Zahl",
        "; ": "; ", "and more": "{first}; {then}", "and": "{first} und {last}", "or": "{one} oder {other}", "none": "keine", "none ticked": "keine", "state": "Zustand", "step": "Schritt", "cell": "Feld",
        "digits": ("auf {n} signifikante Stelle", "auf {n} signifikante Stellen"), "decimals": ("auf {n} Nachkommastelle", "auf {n} Nachkommastellen"),
        "nearest whole": "auf die nächste ganze Zahl", "whole number": "ganze Zahl", "whole numbers": "ganze Zahlen",
        "exact fraction": "exakter Bruch", "numbers": "Zahlen {how}", "all that apply": "alles Zutreffende ankreuzen",
        "all that apply, negative": "alles Zutreffende ankreuzen; falsche Kreuze kosten Punkte", "equal ones": "mit = zwischen gleichen",
        "label each": "ein Name für jeden Punkt", "one for each": "eines von {actions} für jedes Stück ({each})", "interval": "als Intervall",
        "interval to": "als Intervall, {how}", "in terms of": "ausgedrückt durch {symbols}",
        "in terms of, for": "ausgedrückt durch {symbols} für {conditions}",
        "also": "auch {answer}", "also where": "auch alles, was die Bedingung {condition} erfüllt", "other labels": "auch mit anderen Namen der Cluster",
        "up to sign": "auch mit allen Vorzeichen vertauscht", "up to scale": "auch jedes Vielfache außer dem Nullfachen",
        "up to positive scale": "auch jedes positive Vielfache", "up to order": "auch in anderer Reihenfolge",
        "up to row order": "auch mit den Zeilen in anderer Reihenfolge", "up to column order": "auch mit den Spalten in anderer Reihenfolge",
        "up to row signs": "auch mit vertauschten Vorzeichen beliebiger Zeilen", "up to column signs": "auch mit vertauschten Vorzeichen beliebiger Spalten"},
    "fr": {
        "so many digits": ("{n} chiffre significatif", "{n} chiffres significatifs"), "so many decimals": ("{n} décimale", "{n} décimales"), "nearest": "l’entier le plus proche",
        "; ": " ; ", "and more": "{first} ; {then}", "and": "{first} et {last}", "or": "{one} ou {other}", "none": "aucune", "none ticked": "aucune", "state": "état", "step": "étape", "cell": "case",
        "digits": ("avec {n} chiffre significatif", "avec {n} chiffres significatifs"), "decimals": ("avec {n} décimale", "avec {n} décimales"),
        "nearest whole": "à l’entier le plus proche", "whole number": "nombre entier", "whole numbers": "nombres entiers",
        "exact fraction": "fraction exacte", "numbers": "nombres {how}", "all that apply": "cochez tout ce qui est vrai",
        "all that apply, negative": "cochez tout ce qui est vrai ; les croix fausses coûtent des points", "equal ones": "avec = entre ceux qui sont égaux",
        "label each": "un nom pour chaque point", "one for each": "pour chaque {each}, l’un de {actions}", "interval": "sous forme d’intervalle",
        "interval to": "sous forme d’intervalle, {how}", "in terms of": "en fonction de {symbols}",
        "in terms of, for": "en fonction de {symbols} pour {conditions}",
        "also": "aussi {answer}", "also where": "aussi tout ce qui remplit la condition {condition}", "other labels": "aussi avec d’autres noms des groupes",
        "up to sign": "aussi avec tous les signes changés", "up to scale": "aussi tout multiple non nul",
        "up to positive scale": "aussi tout multiple positif", "up to order": "aussi dans un autre ordre",
        "up to row order": "aussi avec les lignes dans un autre ordre", "up to column order": "aussi avec les colonnes dans un autre ordre",
        "up to row signs": "aussi avec les signes de certaines lignes changés", "up to column signs": "aussi avec les signes de certaines colonnes changés"},
    "es": {
        "so many digits": ("{n} cifra significativa", "{n} cifras significativas"), "so many decimals": ("{n} decimal", "{n} decimales"), "nearest": "el entero más próximo",
        "; ": "; ", "and more": "{first}; {then}", "and": "{first} y {last}", "or": "{one} o {other}", "none": "ninguna", "none ticked": "ninguna", "state": "estado", "step": "paso", "cell": "casilla",
        "digits": ("con {n} cifra significativa", "con {n} cifras significativas"), "decimals": ("con {n} decimal", "con {n} decimales"),
        "nearest whole": "al entero más próximo", "whole number": "número entero", "whole numbers": "números enteros",
        "exact fraction": "fracción exacta", "numbers": "números {how}", "all that apply": "marque todo lo que sea cierto",
        "all that apply, negative": "marque todo lo que sea cierto; las marcas erróneas restan puntos", "equal ones": "con = entre los iguales",
        "label each": "un nombre para cada punto", "one for each": "para cada {each}, uno de {actions}", "interval": "como intervalo",
        "interval to": "como intervalo, {how}", "in terms of": "en función de {symbols}", "in terms of, for": "en función de {symbols} para {conditions}",
        "also": "también {answer}", "also where": "también todo lo que cumpla la condición {condition}",
        "other labels": "también con otros nombres de los grupos",
        "up to sign": "también con todos los signos cambiados", "up to scale": "también cualquier múltiplo no nulo",
        "up to positive scale": "también cualquier múltiplo positivo", "up to order": "también en otro orden",
        "up to row order": "también con las filas en otro orden", "up to column order": "también con las columnas en otro orden",
        "up to row signs": "también con los signos de algunas filas cambiados", "up to column signs": "también con los signos de algunas columnas cambiados"},
    "zh": {
        "so many digits": "{n} 位有效数字", "so many decimals": "{n} 位小数", "nearest": "最接近的整数",
        "; ": "；", "and more": "{first}；{then}", "and": "{first} 和 {last}", "or": "{one} / {other}", "none": "–", "none ticked": "无", "state": "状态", "step": "步骤", "cell": "格子",
        "digits": "保留 {n} 位有效数字", "decimals": "保留 {n} 位小数",
        "nearest whole": "取最接近的整数", "whole number": "整数", "whole numbers": "整数",
        "exact fraction": "精确分数", "numbers": "数值{how}", "all that apply": "勾选所有正确的选项",
        "all that apply, negative": "勾选所有正确的选项；错选扣分", "equal ones": "相等的之间写 =",
        "label each": "每个点一个标签", "one for each": "每个{each}从 {actions} 中选一个", "interval": "写成区间",
        "interval to": "写成区间，{how}", "in terms of": "用 {symbols} 表示", "in terms of, for": "用 {symbols} 表示（{conditions}）",
        "also": "{answer} 也算对", "also where": "满足条件 {condition} 的答案也算对", "other labels": "簇的名称可互换",
        "up to sign": "所有符号同时取反也算对", "up to scale": "任何非零倍数也算对",
        "up to positive scale": "任何正倍数也算对", "up to order": "顺序不限",
        "up to row order": "行的顺序不限", "up to column order": "列的顺序不限",
        "up to row signs": "各行符号可分别取反", "up to column signs": "各列符号可分别取反"},
}


for _english, _others in REASONS.items():
    for _language, _sentence in zip(("en", "de", "fr", "es", "zh"), (_english, *_others)):
        SENTENCES[_language][_english] = _sentence


class Phrase(str):
    """A phrase by its name in `SENTENCES`, and what is `given` in it by name. As text it is English. Without a name: what is given, one
    after the other."""

    __slots__ = ("given", "name")
    name: str
    given: dict[str, Any]

    def __new__(cls, name: str, given: dict[str, Any]) -> Phrase:
        made = str.__new__(cls, _filled(_ENGLISH[name] if name else "", given))
        made.name, made.given = name, given
        return made

    def __getnewargs__(self) -> tuple[str, dict[str, Any]]:  # type: ignore[override]
        return self.name, self.given


Said = str  # a Phrase, or a text that is the same in every language

_ENGLISH = SENTENCES["en"]
_new = str.__new__


def _filled(sentence: str | tuple[str, str], given: dict[str, Any]) -> str:
    """A sentence with texts (or numbers) in its places; without one, the texts."""
    if isinstance(sentence, tuple):
        sentence = sentence[given["n"] != 1]
    return str(sentence.format_map(given) if sentence else "".join(given.values())) if given else str(sentence)


def phrase(name: str, /, **given: Said | int) -> Phrase:
    """The phrase of this name with what is given in it. KeyError where there is none."""
    sentence = _ENGLISH[name]
    made = _new(Phrase, sentence.format_map(given) if given and type(sentence) is str else _filled(sentence, given))  # some are made for each answer
    made.name, made.given = name, given
    return made


def known(name: str) -> Said:
    """An author's word: the phrase of that name, or the word as it stands."""
    return phrase(name) if isinstance(SENTENCES["en"].get(name), str) and "{" not in SENTENCES["en"][name] else name


def joined(*said: Said) -> Said:
    """Several, one after the other; those that are empty say nothing."""
    first, *rest = [s for s in said if s] or [""]
    return phrase("and more", first=first, then=joined(*rest)) if rest else first


def either(*said: Said) -> Said:
    """One of several."""
    first, *rest = said
    return phrase("or", one=first, other=either(*rest)) if rest else first


def spelled(*pieces: Said) -> Said:
    """Several pieces of one text, such as signs with phrases between them."""
    if not any([isinstance(p, Phrase) for p in pieces]):
        return "".join(pieces)
    return Phrase("", {str(i): p for i, p in enumerate(pieces)})


def listed(said: Sequence[Said], between: str = ", ") -> Said:
    """Several with a sign between them."""
    return spelled(*[piece for s in said for piece in (between, s)][1:])


def told(said: Said, language: str) -> str:
    """What is said in a language of `SENTENCES`."""
    if not isinstance(said, Phrase) or language == "en":
        return str(said)
    return _filled(SENTENCES[language][said.name] if said.name else "",
                   {name: told(value, language) if isinstance(value, str) else value for name, value in said.given.items()})


def as_json(said: Said) -> Any:
    """What is said as plain JSON: a text, or [name, {what is given}]."""
    if not isinstance(said, Phrase):
        return said
    return [said.name, {name: as_json(value) if isinstance(value, str) else value for name, value in said.given.items()}]


def from_json(kept: Any) -> Said:
    """What `as_json` has kept. KeyError for a phrase that this version does not have, or that says something else in it."""
    if isinstance(kept, str):
        return kept
    name, given = kept
    return Phrase(name, {n: value if isinstance(value, int) else from_json(value) for n, value in given.items()})
