"""FHIR R4: the record served over HTTP, and feeds of resources."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from hub import hookimpl

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from hub import Adapter, Hub


@hookimpl
def register_adapters() -> list[type[Adapter[Any]]]:
    # Here, because naming a plugin must not load its parser.
    from plugins.fhir.adapter import Fhir

    return [Fhir]


@hookimpl
def register_routes(hub: Hub) -> Iterable[BaseRoute]:
    from plugins.fhir.api import routes  # a hub that only listens needs no web

    return routes(hub)
