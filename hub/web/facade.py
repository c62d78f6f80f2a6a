"""What a plugin that serves something is given of the hub."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeVar

from hub.access import Access
from hub.adapter import Adapter, Receive
from hub.audit import Audit
from hub.identity.asking import Alike
from hub.identity.rules import Rules
from hub.model import Json
from hub.records.reading import Records, View
from hub.web.sealing import Seal

T = TypeVar("T")
READERS = 4


def _readers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(READERS, thread_name_prefix="web-reader")


@dataclass(frozen=True)
class Hub:
    """Reading the record, knowing who asks, noting what was answered; and the door for what is sent."""

    records: Records
    access: Access
    audit: Audit
    seal: Seal
    receive: Callable[[str], Receive] | None = None
    """The door of a feed; none where nothing may be sent."""
    base_url: str = ""
    """What clients write before a plugin's own path; empty = what each request says."""
    perform: Callable[[str, Json, str], Any] | None = None
    """An operation of the hub (its name, its arguments, on whose behalf), noted in the audit log; it waits for the
    database, and raises ``HubError``."""
    adapters: Mapping[str, Adapter[Any]] = field(default_factory=lambda: MappingProxyType({}))
    """Of the feeds as they are now, by name: a plugin looks for its own."""
    rules: Callable[[], Rules] = Rules
    """What the site has decided about identity, as it is now."""
    _threads: ThreadPoolExecutor = field(default_factory=_readers, repr=False)

    def alike(self, view: View, patient: Json) -> Alike:
        """Who a Patient so described could be, graded as the rules would decide on a claim that says this."""
        return view.alike(patient, self.rules().model)

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Runs what waits for the database without holding up the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def close(self) -> None:
        """Ends its threads, once nothing is asked any more."""
        self._threads.shutdown()
