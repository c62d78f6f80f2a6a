"""FHIR R4 over HTTP: reads and searches of the record."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from hub import hookimpl

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from hub import Hub


@hookimpl
def register_routes(hub: Hub) -> Iterable[BaseRoute]:
    from plugins.fhir.api import routes  # a hub that only listens needs no web

    return routes(hub)
