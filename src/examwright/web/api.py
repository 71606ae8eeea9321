"""For machines: variants, marks and solutions as JSON, for clients with a token. `openapi.json` describes it.

A course platform asks for a variant, shows it, and sends back what was typed. Nothing is kept here: marks of a class are the platform's. Keys are in
the answer to /api/solution only.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from examwright.generator import wording
from examwright.generator.errors import ExamwrightError
from examwright.generator.question import Variant
from examwright.grader.mark import mark_variant
from examwright.practice import tasks
from examwright.practice.fields import MAX_LENGTH, as_read, field_of
from examwright.practice.store import token_hash
from examwright.web.site import Site, told
from examwright.web.views import part_of, typeset

MOST_ANSWERS = 100  # in one call
MOST_MINUTES = 1000


class BadRequest(ExamwrightError):
    """A request that does not say what is needed: what is wrong with it."""


Call = Callable[[Site, dict[str, Any]], Any]


def routes(site: Site) -> list[Route]:
    """The routes of the API."""
    async def description(request: Request) -> Response:
        return JSONResponse(openapi())

    return [Route("/api/openapi.json", description),
            *[Route(path, endpoint(site, method, call), methods=[method]) for path, (method, call, *_) in CALLS.items()]]


def endpoint(site: Site, method: str, call: Call) -> Callable[[Request], Awaitable[Response]]:
    """A call as an endpoint: token and rate are looked at first, then the arguments; the work is done in a thread."""

    async def run(request: Request) -> Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        client = None
        if scheme.lower() == "bearer" and token.strip():
            client = await run_in_threadpool(site.store.client, token_hash(token.strip()))
        if client is None:
            wait = site.guess_rate.wait(request.client.host if request.client else "")
            if wait:
                return _error(429, "Too many tries without a valid token.", {"retry-after": str(int(wait) + 1)})
            return _error(401, "A token is needed: Authorization: Bearer TOKEN. 'examwright client NAME' makes one.", {"www-authenticate": "Bearer"})
        wait = site.api_rate.wait(client)
        if wait:
            return _error(429, "Too many requests. Try again later.", {"retry-after": str(int(wait) + 1)})
        try:
            given = dict(request.query_params) if method == "GET" else _json(await request.body())
            return JSONResponse(await run_in_threadpool(call, site, given))
        except BadRequest as error:
            return _error(400, str(error))
        except ExamwrightError as error:
            return _error(*told(error))

    return run


def _error(status: int, text: str, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"error": text}, status, headers)


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequest("The body is not JSON.") from None
    if not isinstance(found, dict):
        raise BadRequest("The body is a JSON object.")
    return found


def _text(given: dict[str, Any], name: str, most: int, needed: bool = True) -> str:
    value = given.get(name)
    if value is None and not needed and name not in given:
        return ""
    if not isinstance(value, str):
        raise BadRequest(f"'{name}' is a text" + (", and is needed." if needed else "."))
    if len(value) > most or "\0" in value:
        raise BadRequest(f"'{name}' has at most {most} characters, and no NUL.")
    return value


def _only(given: dict[str, Any], *names: str) -> None:
    for name in given:
        if name not in names:
            raise BadRequest(f"There is no '{name[:60]}' here. Allowed: {', '.join(names)}.")


def _variant(site: Site, given: dict[str, Any]) -> Variant:
    question, seed = _text(given, "question", 200), _text(given, "seed", 40)
    if not tasks.SEED.fullmatch(seed):
        raise BadRequest("A seed has 1 to 40 letters, digits, dots, underscores or hyphens.")
    return site.catalogue.variant(question, seed)


# ---- the calls -------------------------------------------------------------------------------

def questions(site: Site, given: dict[str, Any]) -> Any:
    """The questions that are offered."""
    _only(given, "topic", "minutes", "level")
    topic, minutes, level = _text(given, "topic", 100, False), _text(given, "minutes", 10, False), _text(given, "level", 10, False)
    if "minutes" in given and not (minutes.isascii() and minutes.isdigit() and int(minutes) <= MOST_MINUTES):
        raise BadRequest(f"'minutes' is a whole number up to {MOST_MINUTES}.")
    if "level" in given and level not in tasks.LEVELS:
        raise BadRequest(f"'level' is one of {', '.join(tasks.LEVELS)}.")
    found = site.catalogue.choose(topic if "topic" in given else None, float(minutes) if minutes else None, level or None)
    return {"questions": [{"question": f.id, "title": f.title, "topic": f.topic, "topics": list(f.topics), "minutes": f.minutes,
                           "points": f.points, "parts": f.parts, "level": f.level} for f in found]}


def variants(site: Site, given: dict[str, Any]) -> Any:
    """A variant without its key. Without a seed a fresh one is drawn."""
    _only(given, "question", "seed")
    return _public(_variant(site, {**given, "seed": given.get("seed", tasks.fresh_seed())}), given["question"])


def _public(variant: Variant, question: str) -> dict[str, Any]:
    texts = typeset(variant)
    parts = []
    for i, part in enumerate(variant.parts):
        kind = wording.kind_of(variant, part)
        ask = wording.ask(variant, part)
        parts.append({"part": part.name, "label": wording.label(i), "ask": wording.described(variant, ask), "ask_html": str(texts.block(ask)),
                      "type": kind.name, "asked": str(kind.asked()), "points": wording.plain_number(part.points),
                      "options": [{"mark": mark, "text": text} for mark, text in field_of(kind).options]})
    text = wording.question_text(variant)
    return {"question": question, "seed": variant.seed, "title": variant.question.title, "minutes": wording.plain_number(wording.minutes(variant)),
            "points": wording.plain_number(variant.points), "text": wording.described(variant, text), "text_html": str(texts.block(text)),
            "parts": parts}


def read(site: Site, given: dict[str, Any]) -> Any:
    """How an answer would be read; nothing about right or wrong."""
    _only(given, "question", "seed", "part", "answer")
    name, answer = _text(given, "part", 100), _text(given, "answer", MAX_LENGTH)
    variant = _variant(site, given)
    text, latex, fault = as_read(wording.kind_of(variant, part_of(variant, name)), answer)
    return {"read": text, "latex": latex, "fault": fault}


def mark(site: Site, given: dict[str, Any]) -> Any:
    """The marks of all parts, with follow-through and diagnosis; parts that are missing are blank."""
    _only(given, "question", "seed", "answers")
    answers = given.get("answers")
    if not isinstance(answers, dict) or len(answers) > MOST_ANSWERS:
        raise BadRequest(f"'answers' maps at most {MOST_ANSWERS} names of parts to what was typed.")
    texts = {name: _text(answers, name, MAX_LENGTH) for name in answers}
    marks = mark_variant(_variant(site, given), texts)
    return {"points": wording.plain_number(sum([m.points for m in marks])), "of": wording.plain_number(sum([m.of for m in marks])),
            "marks": [{"part": m.part, "points": wording.plain_number(m.points), "of": wording.plain_number(m.of), "why": m.why, "read": m.read,
                       "say": m.say, "causes": list(m.causes), "open": m.open} for m in marks]}


def solution(site: Site, given: dict[str, Any]) -> Any:
    """The keys and the worked solution."""
    _only(given, "question", "seed")
    variant = _variant(site, given)
    return {"question": given["question"], "seed": variant.seed, "parts": [
        {"part": p["name"], "key": p["key"], "mistakes": p["mistakes"],
         "solution": wording.described(variant, wording.part_solution(variant, part))}
        for p, part in zip(wording.as_json(variant)["parts"], variant.parts)], "closing": wording.described(variant, wording.closing(variant))}


# ---- the description -------------------------------------------------------------------------

_STRING: dict[str, Any] = {"type": "string"}
_NUMBER: dict[str, Any] = {"type": "number"}


def _object(needed: dict[str, Any], free: dict[str, Any] | None = None, closed: bool = False) -> dict[str, Any]:
    out: dict[str, Any] = {"type": "object", "properties": {**needed, **(free or {})}, "required": list(needed)}
    return {**out, "additionalProperties": False} if closed else out


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


_QUESTION = {"type": "string", "maxLength": 200, "pattern": r"^[^\u0000]*$", "description": "An id such as evaluation/roc-auc."}
_SEED = {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,40}$", "description": "The same seed gives the same numbers."}
_ANSWER = {"type": "string", "maxLength": MAX_LENGTH, "pattern": r"^[^\u0000]*$"}
_PART = {"type": "string", "maxLength": 100, "pattern": r"^[^\u0000]*$"}
_WHY = {"type": "string", "enum": ["key", "rounded", "follow-through", "mistake", "wrong", "blank", "unreadable", "undecided"]}
_VARIANT_OUT = _object({
    "question": _STRING, "seed": _STRING, "title": _STRING, "minutes": _NUMBER, "points": _NUMBER, "text": _STRING, "text_html": _STRING,
    "parts": _list(_object({"part": _STRING, "label": _STRING, "ask": _STRING, "ask_html": _STRING, "type": _STRING, "asked": _STRING,
                            "points": _NUMBER, "options": _list(_object({"mark": _STRING, "text": _STRING}))}))})
_MARK_OUT = _object({"points": _NUMBER, "of": _NUMBER, "marks": _list(_object({
    "part": _STRING, "points": _NUMBER, "of": _NUMBER, "why": _WHY, "read": _STRING, "say": _STRING, "causes": _list(_STRING),
    "open": {"type": "boolean", "description": "A person has to look at the answer."}}))})
_SOLUTION_OUT = _object({"question": _STRING, "seed": _STRING, "closing": _STRING, "parts": _list(_object({
    "part": _STRING, "key": {"type": ["object", "null"]}, "mistakes": _list({"type": "object"}), "solution": _STRING}))})
_QUESTIONS_OUT = _object({"questions": _list(_object({
    "question": _STRING, "title": _STRING, "topic": _STRING, "topics": _list(_STRING), "minutes": _NUMBER, "points": _NUMBER,
    "parts": {"type": "integer"}, "level": _STRING}))})

# path → (method, call, what comes in, what goes out)
CALLS: dict[str, tuple[str, Call, dict[str, Any] | None, dict[str, Any]]] = {
    "/api/questions": ("GET", questions, None, _QUESTIONS_OUT),
    "/api/variants": ("POST", variants, _object({"question": _QUESTION}, {"seed": _SEED}, True), _VARIANT_OUT),
    "/api/read": ("POST", read, _object({"question": _QUESTION, "seed": _SEED, "part": _PART, "answer": _ANSWER}, None, True),
                  _object({"read": _STRING, "latex": _STRING, "fault": _STRING})),
    "/api/mark": ("POST", mark, _object({"question": _QUESTION, "seed": _SEED, "answers": {
        "type": "object", "maxProperties": MOST_ANSWERS, "additionalProperties": _ANSWER,
        "description": "Name of a part → what was typed."}}, None, True), _MARK_OUT),
    "/api/solution": ("POST", solution, _object({"question": _QUESTION, "seed": _SEED}, None, True), _SOLUTION_OUT),
}


def openapi() -> dict[str, Any]:
    """The OpenAPI description of the calls above."""
    from examwright import __version__

    error = {"description": "What is wrong.", "content": {"application/json": {"schema": _object({"error": _STRING})}}}
    plain = {"description": "The request is too large.", "content": {"text/plain": {"schema": _STRING}}}
    paths = {}
    for path, (method, call, takes, gives) in CALLS.items():
        said: dict[str, Any] = {"summary": (call.__doc__ or "").split("\n")[0], "operationId": call.__name__, "responses": {
            "200": {"description": "OK", "content": {"application/json": {"schema": gives}}},
            **{status: error for status in ("400", "401", "404", "429", "500", "503")}, "413": plain}}
        if takes is not None:
            said["requestBody"] = {"required": True, "content": {"application/json": {"schema": takes}}}
        else:
            said["parameters"] = [
                {"name": "topic", "in": "query", "schema": {"type": "string", "maxLength": 100, "pattern": r"^[^\u0000]*$"}},
                {"name": "minutes", "in": "query", "schema": {"type": "integer", "minimum": 0, "maximum": MOST_MINUTES}, "description": "At most so many."},
                {"name": "level", "in": "query", "schema": {"type": "string", "enum": list(tasks.LEVELS)}}]
            said["responses"]["414"] = plain
        paths[path] = {method.lower(): said}
    return {"openapi": "3.1.0", "info": {"title": "Examwright", "version": __version__, "description": " ".join((__doc__ or "").split())},
            "paths": paths, "security": [{"token": []}], "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}}}
