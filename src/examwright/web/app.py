"""The application: routes, and what stands around them."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from examwright.generator.errors import ExamwrightError
from examwright.generator.pages.sheet import FOLDER
from examwright.web import api, pages, sittings
from examwright.web.safety import MAX_FIELDS, Guard, csrf_of, forged, learner_of
from examwright.web.site import Site, Visit, told
from examwright.web.views import WEB, environment
from examwright.web.words import SCREEN

YEAR = 365 * 24 * 3600
STATIC = {"web.css": FOLDER / "web.css", "practice.css": WEB / "practice.css", "practice.js": WEB / "practice.js",
          "icon.svg": WEB / "icon.svg"}


Page = Callable[[Visit], Response]


def page(site: Site, show: Page) -> Callable[[Request], Awaitable[Response]]:
    """A page as an endpoint: the form is read and checked here, the page itself works in a thread, so that nobody waits for another's
    marking."""

    async def endpoint(request: Request) -> Response:
        form: dict[str, str] = {}
        learner, csrf = learner_of(request), csrf_of(request)
        if request.method == "POST":
            read = await request.form(max_fields=MAX_FIELDS, max_files=0)
            form = {k: v for k, v in read.multi_items() if isinstance(v, str)}
            if forged(request, request.headers.get("x-csrf") or form.get("csrf")):
                return _told(request, 403, _words(request)["forged"])
            wait = site.rate.wait(learner)
            if wait:
                return _told(request, 429, _words(request)["wait"], {"retry-after": str(int(wait) + 1)})
        visit = Visit(site, learner, csrf, dict(request.path_params), dict(request.query_params), form, request.session,
                      request.client.host if request.client else "")
        return await run_in_threadpool(show, visit)

    return endpoint


def _words(request: Request) -> dict[str, Any]:
    """The fixed words in the language of the site."""
    return SCREEN[request.app.state.language]


def _told(request: Request, status: int, text: str, headers: dict[str, str] | None = None) -> Response:
    """An error as the caller can read it."""
    if request.url.path.startswith("/api/") or request.headers.get("x-csrf"):
        return JSONResponse({"error": str(text)}, status, headers)
    html = environment().get_template("error.html.j2").render(status=status, text=text, csrf="", exam_mode=False, words=_words(request))
    return HTMLResponse(html, status, headers)


async def _mistaken(request: Request, error: Any) -> Response:
    return _told(request, *told(error, request.app.state.language))


async def _http(request: Request, error: Any) -> Response:
    words = _words(request)
    return _told(request, error.status_code, {404: words["no_page"], 405: words["not_like_that"]}.get(error.status_code, str(error.detail)), error.headers)


async def _broken(request: Request, error: Exception) -> Response:
    return _told(request, 500, _words(request)["broken"])


def make_app(site: Site, hosts: Sequence[str] = ("127.0.0.1", "localhost"), origin: str = "", warm: bool = True) -> Starlette:
    """The application. `hosts` are the names it answers to, `origin` the address under which the world sees it (with https cookies are
    sent over https only). A site with an exam has that exam and nothing to practise with; `warm` typesets some variants of each family
    beforehand, in the background."""

    async def static(request: Request) -> Response:
        path = STATIC.get(request.path_params["name"])
        if path is None:
            return _told(request, 404, _words(request)["no_file"])
        return FileResponse(path, headers={"cache-control": "public, max-age=3600"})

    routes = [Route("/static/{name}", static)]
    for path, show, methods in sittings.EXAM if site.exam is not None else (*pages.ROUTES, *sittings.MIDTERM):
        routes.append(Route(path, page(site, show), methods=methods))
    if site.exam is None:
        routes += api.routes(site)

    @contextlib.asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        stop = threading.Event()
        if warm and site.exam is None:
            threading.Thread(target=pages.warm, args=(site, stop), daemon=True).start()
        yield
        stop.set()
        site.store.close()

    seen_as = urlsplit(origin)
    allowed = [*hosts, *([seen_as.hostname] if seen_as.hostname else [])]
    app = Starlette(
        routes=routes, lifespan=life, exception_handlers={ExamwrightError: _mistaken, 404: _http, 405: _http, 400: _http, 413: _http, 500: _broken},
        middleware=[Middleware(Guard), Middleware(TrustedHostMiddleware, allowed_hosts=allowed),
                    Middleware(SessionMiddleware, secret_key=site.store.secret, session_cookie="examwright", max_age=YEAR, same_site="lax",
                               https_only=seen_as.scheme == "https")])
    app.state.language = site.language
    return app
