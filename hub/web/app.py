"""The ASGI application: health, metrics, and the routes of plugins."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.language import Text
from hub.web.outcome import refusal

log = logging.getLogger(__name__)
Checks = Mapping[str, Callable[[], bool]]


def build(plugin_routes: Iterable[BaseRoute], checks: Checks, registry: CollectorRegistry) -> ASGIApp:
    """``checks`` are what ``/readyz`` asks; ``registry`` is what ``/metrics`` shows."""

    async def ready(_request: Request) -> Response:
        answers = await run_in_threadpool(_ask, checks)
        good = all(answers.values())
        return JSONResponse({"ready": good, "checks": answers}, 200 if good else 503)

    async def metrics(_request: Request) -> Response:
        shown = await run_in_threadpool(generate_latest, registry)
        return Response(shown, headers={"content-type": CONTENT_TYPE_LATEST})

    routes = [Route("/livez", _alive), Route("/readyz", ready), Route("/metrics", metrics), *plugin_routes]
    return Silent(Starlette(routes=routes, exception_handlers={404: _nothing_here, 405: _not_so}))


async def _nothing_here(_request: Request, _error: Exception) -> Response:
    return refusal(404, "not-found", Text("there is nothing at this address"))


async def _not_so(_request: Request, error: Exception) -> Response:
    methods: str = (getattr(error, "headers", None) or {}).get("Allow", "GET, HEAD")
    return refusal(405, "not-supported", Text("only {methods} is possible here", {"methods": methods}), allow=methods)


async def _alive(_request: Request) -> Response:
    return PlainTextResponse("alive\n")


def _ask(checks: Checks) -> dict[str, bool]:
    return {name: _holds(name, check) for name, check in checks.items()}


def _holds(name: str, check: Callable[[], bool]) -> bool:
    try:
        return bool(check())
    except Exception as error:  # noqa: BLE001 - a check that fails in any way is one that does not hold
        log.warning("the check %s failed: %s", name, type(error).__name__)
        return False


class Silent:
    """Answers 500 for a fault of ours, and logs where it happened without what the request or the record said."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:  # noqa: BLE001 - the last place before a trace with personal data in its values
            log.error("a request failed: %s at %s", type(error).__name__, _place(error))  # noqa: TRY400 - see above
            if not started:
                await PlainTextResponse("internal error\n", 500)(scope, receive, send)


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
