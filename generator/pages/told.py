"""What papers and keys say of an answer, in other languages: how it is to be given, and what else is right.

The kinds of answers say it in English (`Kind.asked`, `Kind.accepted`) and know no pages. A phrase of theirs is found by its pattern: {n} is a number,
{a} and {b} are words that are told in the same way, or stay as they are.
"""

from __future__ import annotations

import re
from functools import lru_cache

_PATTERNS = ("to {n} significant digit", "to {n} significant digits", "to {n} decimal", "to {n} decimals", "to the nearest whole number", "whole number",
             "whole numbers", "exact fraction", "tick all that apply", "tick all that apply; wrong ticks cost points", "one label for each point",
             "with = between equal ones", "one of {a} for each {b}", "state", "step", "cell", "as an interval", "as an interval, {a}", "numbers {a}",
             "in terms of {a} for {b}", "in terms of {a}", "{a} and {b}", "also with other names of the clusters",
             "also whatever meets the condition {a}", "also with all signs changed", "also any multiple but 0 times it", "also any positive multiple",
             "also in any order", "also with the rows in any order", "also with the columns in any order", "also with the signs of any rows changed",
             "also with the signs of any columns changed", "also {a}")

PHRASES: dict[str, tuple[str, ...]] = {
    "de": ("auf {n} signifikante Stelle", "auf {n} signifikante Stellen", "auf {n} Nachkommastelle", "auf {n} Nachkommastellen",
           "auf die nächste ganze Zahl", "ganze Zahl", "ganze Zahlen", "exakter Bruch", "alles Zutreffende ankreuzen",
           "alles Zutreffende ankreuzen; falsche Kreuze kosten Punkte", "ein Name für jeden Punkt", "mit = zwischen gleichen",
           "eines von {a} für jedes Stück ({b})", "Zustand", "Schritt", "Feld", "als Intervall", "als Intervall, {a}", "Zahlen {a}",
           "ausgedrückt durch {a} für {b}", "ausgedrückt durch {a}", "{a} und {b}", "auch mit anderen Namen der Cluster",
           "auch alles, was die Bedingung {a} erfüllt", "auch mit allen Vorzeichen vertauscht", "auch jedes Vielfache außer dem Nullfachen",
           "auch jedes positive Vielfache", "auch in anderer Reihenfolge", "auch mit den Zeilen in anderer Reihenfolge",
           "auch mit den Spalten in anderer Reihenfolge", "auch mit vertauschten Vorzeichen beliebiger Zeilen",
           "auch mit vertauschten Vorzeichen beliebiger Spalten", "auch {a}"),
    "fr": ("avec {n} chiffre significatif", "avec {n} chiffres significatifs", "avec {n} décimale", "avec {n} décimales", "à l’entier le plus proche",
           "nombre entier", "nombres entiers", "fraction exacte", "cochez tout ce qui est vrai",
           "cochez tout ce qui est vrai ; les croix fausses coûtent des points", "un nom pour chaque point", "avec = entre ceux qui sont égaux",
           "pour chaque {b}, l’un de {a}", "état", "étape", "case", "sous forme d’intervalle", "sous forme d’intervalle, {a}", "nombres {a}",
           "en fonction de {a} pour {b}", "en fonction de {a}", "{a} et {b}", "aussi avec d’autres noms des groupes",
           "aussi tout ce qui remplit la condition {a}", "aussi avec tous les signes changés", "aussi tout multiple non nul",
           "aussi tout multiple positif", "aussi dans un autre ordre", "aussi avec les lignes dans un autre ordre",
           "aussi avec les colonnes dans un autre ordre", "aussi avec les signes de certaines lignes changés",
           "aussi avec les signes de certaines colonnes changés", "aussi {a}"),
    "es": ("con {n} cifra significativa", "con {n} cifras significativas", "con {n} decimal", "con {n} decimales", "al entero más próximo",
           "número entero", "números enteros", "fracción exacta", "marque todo lo que sea cierto",
           "marque todo lo que sea cierto; las marcas erróneas restan puntos", "un nombre para cada punto", "con = entre los iguales",
           "para cada {b}, uno de {a}", "estado", "paso", "casilla", "como intervalo", "como intervalo, {a}", "números {a}",
           "en función de {a} para {b}", "en función de {a}", "{a} y {b}", "también con otros nombres de los grupos",
           "también todo lo que cumpla la condición {a}", "también con todos los signos cambiados", "también cualquier múltiplo no nulo",
           "también cualquier múltiplo positivo", "también en otro orden", "también con las filas en otro orden",
           "también con las columnas en otro orden", "también con los signos de algunas filas cambiados",
           "también con los signos de algunas columnas cambiados", "también {a}"),
    "zh": ("保留 {n} 位有效数字", "保留 {n} 位有效数字", "保留 {n} 位小数", "保留 {n} 位小数", "取最接近的整数", "整数", "整数", "精确分数", "勾选所有正确的选项",
           "勾选所有正确的选项；错选扣分", "每个点一个标签", "相等的之间写 =", "每个{b}从 {a} 中选一个", "状态", "步骤", "格子", "写成区间", "写成区间，{a}",
           "数值{a}", "用 {a} 表示（{b}）", "用 {a} 表示", "{a} 和 {b}", "簇的名称可互换", "满足条件 {a} 的答案也算对", "所有符号同时取反也算对",
           "任何非零倍数也算对", "任何正倍数也算对", "顺序不限", "行的顺序不限", "列的顺序不限", "各行符号可分别取反", "各列符号可分别取反", "{a} 也算对"),
}
_FIND = [re.compile(re.escape(p).replace(r"\{n\}", r"(?P<n>\d+)").replace(r"\{a\}", "(?P<a>.+?)").replace(r"\{b\}", "(?P<b>.+)")) for p in _PATTERNS]


@lru_cache(maxsize=1024)
def told(text: str, language: str) -> str:
    """What an answer's kind says in English, in a language of `PHRASES`; the same text in any other one."""
    if language not in PHRASES or not text:
        return text
    for pattern, phrase in zip(_FIND, PHRASES[language]):
        if found := pattern.fullmatch(text):
            return phrase.format(**{name: told(words, language) for name, words in found.groupdict().items()})
    if "; " in text:
        return ("；" if language == "zh" else " ; " if language == "fr" else "; ").join([told(t, language) for t in text.split("; ")])
    return text
