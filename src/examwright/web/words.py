"""The fixed words of the pages on screen, by the language of the exam. What is practised is told in English."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup as Safe

from examwright.generator.pages.words import WORDS

_LANGUAGES = ("en", "de", "fr", "es", "zh")
_WORDS: dict[str, tuple[str, str, str, str, str]] = {
    "to_content": ("To the content", "Zum Inhalt", "Aller au contenu", "Ir al contenido", "跳到正文"),
    "pages": ("Pages", "Seiten", "Pages", "Páginas", "页面"),
    "exam": ("Exam", "Prüfung", "Examen", "Examen", "考试"),
    # the door
    "id": ("Your id", "Ihre Kennung", "Votre identifiant", "Su identificador", "学号"),
    "key": ("Access key", "Zugangsschlüssel", "Clé d’accès", "Clave de acceso", "访问密钥"),
    "sign_in": ("Sign in", "Anmelden", "Se connecter", "Entrar", "登录"),
    "sign_out": ("Sign out", "Abmelden", "Se déconnecter", "Salir", "退出"),
    "begin": ("Begin now", "Jetzt beginnen", "Commencer", "Empezar ahora", "开始答题"),
    "you_have": ("You have {} minutes from the moment you begin. What you type is saved as you go. If the connection breaks, sign in again with the same id and key: "
                 "the clock goes on, and your answers are still there.",
                 "Sie haben {} Minuten ab dem Beginn. Was Sie eingeben, wird laufend gespeichert. Bricht die Verbindung ab, melden Sie sich mit derselben Kennung und "
                 "demselben Schlüssel wieder an: Die Uhr läuft weiter, und Ihre Antworten sind noch da.",
                 "Vous avez {} minutes à partir du moment où vous commencez. Ce que vous saisissez est enregistré au fur et à mesure. Si la connexion est coupée, "
                 "reconnectez-vous avec le même identifiant et la même clé : le temps continue de courir, et vos réponses sont toujours là.",
                 "Tiene {} minutos desde que empiece. Lo que escriba se guarda sobre la marcha. Si se corta la conexión, vuelva a entrar con el mismo identificador y la "
                 "misma clave: el reloj sigue corriendo y sus respuestas siguen ahí.",
                 "从开始起你有 {} 分钟。输入的内容会随时保存。如果连接中断，请用同一学号和密钥重新登录：计时继续，答案仍在。"),
    "has_been_marked": ("Your exam has been marked.", "Ihre Prüfung ist bewertet.", "Votre examen a été corrigé.", "Su examen ha sido corregido.", "你的答卷已批改。"),
    "result": ("Your result", "Ihr Ergebnis", "Votre résultat", "Su resultado", "查看成绩"),
    "handed_in": ("Handed in {}.", "Abgegeben: {}.", "Copie rendue : {}.", "Entregado: {}.", "已交卷：{}。"),
    "was_up": ("The time was up on {}. What was saved by then counts.", "Die Zeit ist abgelaufen: {}. Was bis dahin gespeichert war, zählt.",
               "Le temps est écoulé depuis : {}. Ce qui était enregistré à ce moment compte.", "El tiempo terminó: {}. Cuenta lo guardado hasta entonces.",
               "考试时间已于 {} 结束。此前保存的内容有效。"),
    "results_will_be_here": ("Results will be here when they are released.", "Die Ergebnisse stehen hier, sobald sie freigegeben sind.",
                             "Les résultats seront ici dès leur publication.", "Los resultados aparecerán aquí cuando se publiquen.", "成绩公布后可在此查看。"),
    "too_many_tries": ("Too many tries from here. Wait a minute.", "Zu viele Versuche von hier. Warten Sie eine Minute.", "Trop d’essais depuis ici. Attendez une minute.",
                       "Demasiados intentos desde aquí. Espere un minuto.", "尝试次数过多，请等一分钟。"),
    "not_together": ("This id and this access key do not belong together.", "Diese Kennung und dieser Zugangsschlüssel gehören nicht zusammen.",
                     "Cet identifiant et cette clé d’accès ne correspondent pas.", "Este identificador y esta clave de acceso no se corresponden.", "学号与访问密钥不匹配。"),
    # a paper
    "questions": ("Questions of this paper", "Aufgaben dieser Prüfung", "Exercices de cette copie", "Ejercicios de este examen", "本卷各题"),
    "all": ("All", "Alle", "Tous", "Todos", "全部"),
    "all_questions": ("All questions", "Alle Aufgaben", "Tous les exercices", "Todos los ejercicios", "全部题目"),
    "is_answered": ("answered", "beantwortet", "répondu", "contestado", "已作答"),
    "until": ("until", "bis", "jusqu’à", "hasta", "截止"),
    "one": ("{} point", "{} Punkt", "{} point", "{} punto", "{} 分"),
    "many": ("{} points", "{} Punkte", "{} points", "{} puntos", "{} 分"),
    "your_answer": ("Your answer", "Ihre Antwort", "Votre réponse", "Su respuesta", "你的答案"),
    "read_as": ("read as {}", "gelesen als {}", "lu comme {}", "leído como {}", "读作 {}"),
    "save": ("Save", "Speichern", "Enregistrer", "Guardar", "保存"),
    "save_next": ("Save and go on", "Speichern und weiter", "Enregistrer et continuer", "Guardar y seguir", "保存并继续"),
    "save_all": ("Save, then all questions", "Speichern, dann alle Aufgaben", "Enregistrer, puis tous les exercices", "Guardar, luego todos los ejercicios",
                 "保存并返回全部题目"),
    "question": ("Question", "Aufgabe", "Exercice", "Ejercicio", "题号"),
    "points": ("Points", "Punkte", "Points", "Puntos", "分值"),
    "answered": ("Answered", "Beantwortet", "Réponses", "Contestadas", "已作答"),
    "so_many_of": ("{} of {}", "{} von {}", "{} sur {}", "{} de {}", "{}/{}"),
    "one_empty": ("{} answer is still empty.", "{} Antwort ist noch leer.", "{} réponse est encore vide.", "{} respuesta sigue vacía.", "还有 {} 个答案为空。"),
    "many_empty": ("{} answers are still empty.", "{} Antworten sind noch leer.", "{} réponses sont encore vides.", "{} respuestas siguen vacías.", "还有 {} 个答案为空。"),
    "done": ("I am done. Nothing can be changed after this.", "Ich bin fertig. Danach kann nichts mehr geändert werden.",
             "J’ai terminé. Rien ne pourra plus être modifié ensuite.", "He terminado. Después ya no se puede cambiar nada.", "我已完成。交卷后不能再修改。"),
    "hand_in": ("Hand in", "Abgeben", "Rendre la copie", "Entregar", "交卷"),
    "too_late": ("The time is up, or this was handed in: nothing was saved.", "Die Zeit ist um, oder es wurde schon abgegeben: Es wurde nichts gespeichert.",
                 "Le temps est écoulé, ou la copie a été rendue : rien n’a été enregistré.", "Se acabó el tiempo, o ya se entregó: no se guardó nada.",
                 "时间已到或已交卷：没有保存。"),
    # the fields of an answer
    "answer_to": ("answer to ({})", "Antwort zu ({})", "réponse à ({})", "respuesta a ({})", "({}) 的答案"),
    "answer": ("answer", "Antwort", "réponse", "respuesta", "答案"),
    "none": ("none of these", "keine davon", "aucune de celles-ci", "ninguna de estas", "以上都不是"),
    "places": ("{}: the place of each", "{}: der Platz von jedem", "{} : la place de chacun", "{}: el lugar de cada uno", "{}：每项的位置"),
    "entry": ("{}, entry {}", "{}, Eintrag {}", "{}, élément {}", "{}, elemento {}", "{}，第 {} 项"),
    "row": ("{}, row {}", "{}, Zeile {}", "{}, ligne {}", "{}, fila {}", "{}，第 {} 行"),
    "column": ("{}, column {}", "{}, Spalte {}", "{}, colonne {}", "{}, columna {}", "{}，第 {} 列"),
    # what went wrong
    "did_not_work": ("That did not work", "Das hat nicht geklappt", "Cela n’a pas fonctionné", "Eso no funcionó", "操作未成功"),
    "to_start": ("To the start", "Zum Anfang", "Retour au début", "Al inicio", "返回首页"),
    "forged": ("This form is not from here, or too old. Go back, load the page again, and send it once more.",
               "Dieses Formular ist nicht von hier oder zu alt. Gehen Sie zurück, laden Sie die Seite neu und senden Sie es noch einmal.",
               "Ce formulaire ne vient pas d’ici, ou il est trop ancien. Revenez en arrière, rechargez la page et renvoyez-le.",
               "Este formulario no es de aquí o es demasiado antiguo. Vuelva atrás, cargue de nuevo la página y envíelo otra vez.",
               "此表单不是来自本站，或已过期。请返回，重新加载页面后再提交。"),
    "wait": ("That was a lot at once. Wait a moment and send it again.", "Das war viel auf einmal. Warten Sie einen Moment und senden Sie es noch einmal.",
             "C’était beaucoup d’un coup. Attendez un instant et renvoyez.", "Fue mucho de una vez. Espere un momento y envíelo otra vez.", "提交过于频繁，请稍候再试。"),
    "no_page": ("There is no such page.", "Diese Seite gibt es nicht.", "Cette page n’existe pas.", "Esta página no existe.", "没有这个页面。"),
    "no_file": ("There is no such file.", "Diese Datei gibt es nicht.", "Ce fichier n’existe pas.", "Este archivo no existe.", "没有这个文件。"),
    "not_like_that": ("This page cannot be used like that.", "So kann man diese Seite nicht benutzen.", "Cette page ne s’utilise pas ainsi.",
                      "Esta página no se puede usar así.", "不能这样使用此页面。"),
    "broken": ("Something went wrong here. What you had answered is kept.", "Hier ist etwas schiefgegangen. Ihre bisherigen Antworten sind gespeichert.",
               "Une erreur s’est produite ici. Vos réponses sont conservées.", "Algo falló aquí. Lo que había contestado está guardado.", "这里出错了。你已作答的内容仍然保留。"),
    "no_database": ("The database cannot be used at the moment. Nothing was recorded; try again later.",
                    "Die Datenbank ist im Moment nicht benutzbar. Es wurde nichts aufgezeichnet; versuchen Sie es später noch einmal.",
                    "La base de données est indisponible pour le moment. Rien n’a été enregistré ; réessayez plus tard.",
                    "La base de datos no está disponible en este momento. No se registró nada; inténtelo más tarde.", "数据库暂时不可用。没有记录任何内容，请稍后再试。"),
    "not_shown": ("This question cannot be shown at the moment.", "Diese Aufgabe kann im Moment nicht gezeigt werden.", "Cet exercice ne peut pas être affiché pour le moment.",
                  "Este ejercicio no se puede mostrar en este momento.", "目前无法显示此题。"),
}
# what the page's own script says
_SCRIPT: dict[str, tuple[str, str, str, str, str]] = {
    "read": ("read as {}", "gelesen als {}", "lu comme {}", "leído como {}", "读作 {}"),
    "saved": ("saved {}", "gespeichert {}", "enregistré {}", "guardado {}", "已保存 {}"),
    "unsaved": ("This could not be saved.", "Das konnte nicht gespeichert werden.", "Ceci n’a pas pu être enregistré.", "Esto no se pudo guardar.", "无法保存。"),
    "offline": ("Not saved: no connection. It is tried again every few seconds.", "Nicht gespeichert: keine Verbindung. Alle paar Sekunden wird es neu versucht.",
                "Non enregistré : pas de connexion. Un nouvel essai a lieu toutes les quelques secondes.", "No guardado: sin conexión. Se vuelve a intentar cada pocos segundos.",
                "未保存：没有连接。每隔几秒会重试。"),
    "left": ("{} left", "noch {}", "encore {}", "quedan {}", "剩余 {}"),
    "five": ("5 minutes left", "noch 5 Minuten", "encore 5 minutes", "quedan 5 minutos", "还剩 5 分钟"),
    "up": ("The time is up.", "Die Zeit ist um.", "Le temps est écoulé.", "Se acabó el tiempo.", "时间到。"),
    "wide": ("wide text", "breiter Text", "texte large", "texto ancho", "宽文本"),
}


def _in(i: int, language: str) -> dict[str, Any]:
    words: dict[str, Any] = {name: Safe(said[i]) for name, said in _WORDS.items()}
    return {**words, "language": language, "carry": Safe(WORDS[language]["digits"]), "stops": ".?!。？！", "stop": "。" if language == "zh" else ".",
            "script": {name: said[i] for name, said in _SCRIPT.items()}}


# language → name → words; `script` holds those of the page's script
SCREEN: dict[str, dict[str, Any]] = {language: _in(i, language) for i, language in enumerate(_LANGUAGES)}
