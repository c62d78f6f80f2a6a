"""The hooks. pluggy asks every plugin; a plugin hands over objects, and the hub calls methods on them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pluggy

from hub.adapter import Adapter, Sender
from hub.alarm import Alarm

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

hookspec = pluggy.HookspecMarker("hub")
hookimpl = pluggy.HookimplMarker("hub")


@hookspec
def register_adapters() -> Iterable[type[Adapter[Any]]]:
    """Kinds of source system this plugin can talk to; asked once at start."""
    raise AssertionError("a specification is never called")


@hookspec
def register_senders() -> Iterable[type[Sender[Any]]]:
    """Kinds of system this plugin can tell of messages; asked once at start."""
    raise AssertionError("a specification is never called")


@hookspec
def register_alarms() -> Iterable[type[Alarm[Any]]]:
    """Ways of telling people of alerts; asked once at start."""
    raise AssertionError("a specification is never called")


@hookspec
def register_routes(hub: Any) -> Iterable[BaseRoute]:  # noqa: ARG001 - its name is the contract
    """HTTP routes under the plugin's name (``/fhir/…``); ``hub`` is a ``hub.Hub``. Asked when the web part starts."""
    raise AssertionError("a specification is never called")
