"""What an answer is: reading typed text, the kinds of answers, and judging one value.

Nothing here knows of questions or chains. `reader` turns text into exact values (and expressions in
declared `symbols`), `kinds` holds one file for each kind of answer, `precision` the rule for one rounded number,
`equivalence` the one for expressions, `judge` the stand-alone question "is this text right?".
"""
