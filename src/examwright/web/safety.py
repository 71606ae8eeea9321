"""What every request has to pass and every response carries: size limits, known hosts, signed sessions, forged forms, rates, headers."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 64 * 1024  # bytes of a request
MAX_FIELDS = 1000  # of a form
MAX_PATH = 400  # characters of an address
MAX_QUERY = 8000  # … after its question mark
BODY_SECONDS = 20  # to send a request's body
_STYLES = ("text-align:left", "text-align:right", "text-align:center", "border:1px solid;padding:.15em")  # of formulas and tables
_HASHES = " ".join([f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in _STYLES])
HEADERS = {
    "content-security-policy": f"default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-hashes' {_HASHES}; "
                               "img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff", "referrer-policy": "same-origin", "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin", "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


class Guard:
    """Refuses requests that are too long, too large or sent too slowly, before anything looks at them, and adds the headers."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        length = Headers(scope=scope).get("content-length", "0")
        if len(scope["path"]) > MAX_PATH or len(scope["query_string"]) > MAX_QUERY:
            await PlainTextResponse("This address is too long.", 414)(scope, receive, with_headers)
        elif not length.isdigit() or int(length) > MAX_BODY:
            await PlainTextResponse(f"A request may have {MAX_BODY} bytes.", 413)(scope, receive, with_headers)
        else:
            body = await _body(receive)
            if body is None:
                await PlainTextResponse(f"A request may have {MAX_BODY} bytes and take {BODY_SECONDS} seconds.", 413)(scope, receive, with_headers)
                return
            await self.app(scope, _replay(body, receive), with_headers)


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None if it is too large (whatever its length was said to be) or takes too long."""
    import asyncio

    body = b""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while True:
                message = await receive()
                body += message.get("body", b"")
                if len(body) > MAX_BODY or message["type"] == "http.disconnect":
                    return None
                if not message.get("more_body"):
                    return body
    except TimeoutError:
        return None


def _replay(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def again() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


# ---- sessions --------------------------------------------------------------------------------

def learner_of(request: HTTPConnection) -> str:
    """Who this browser is: an id that nobody can guess, made at the first visit and kept in the signed session."""
    session = request.session
    if not isinstance(session.get("learner"), str):
        session["learner"] = secrets.token_urlsafe(18)
    return str(session["learner"])


def csrf_of(request: HTTPConnection) -> str:
    """The token that a form of this browser has to send back."""
    session = request.session
    if not isinstance(session.get("csrf"), str):
        session["csrf"] = secrets.token_urlsafe(18)
    return str(session["csrf"])


def forged(request: Request, token: Any) -> bool:
    """True if a form does not come from a page of ours in this browser."""
    origin = request.headers.get("origin")
    if origin not in (None, "null") and urlsplit(str(origin)).netloc != request.headers.get("host"):
        return True
    known = request.session.get("csrf")
    return not (isinstance(token, str) and isinstance(known, str) and hmac.compare_digest(token.encode(), known.encode()))


# ---- rates -----------------------------------------------------------------------------------

class Rate:
    """A token bucket for each caller: `burst` requests at once, `per_minute` in the long run."""

    def __init__(self, per_minute: float, burst: int, callers: int = 20_000):
        self.speed, self.burst, self.callers = per_minute / 60, burst, callers
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, caller: str, at: float | None = None) -> float:
        """Take one; 0, or the seconds until there is one again."""
        at = time.monotonic() if at is None else at
        with self._lock:
            left, then = self._left.pop(caller, (float(self.burst), at))
            left = min(float(self.burst), left + (at - then) * self.speed)
            wait = 0.0 if left >= 1 else (1 - left) / self.speed
            self._left[caller] = (left - 1 if left >= 1 else left, at)
            while len(self._left) > self.callers:
                self._left.popitem(last=False)
        return wait


def inputs_of(form: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Part → input → text, from form fields called "part:input" (a part that has one input only: "part:")."""
    out: dict[str, dict[str, str]] = {}
    for name, value in form.items():
        part, colon, cell = name.rpartition(":")
        if colon and part:
            out.setdefault(part, {})[cell] = value
    return out
