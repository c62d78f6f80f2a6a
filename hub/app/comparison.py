"""What the files as they are now would change of what a feed has sent."""

from __future__ import annotations

from hub.app.reloading import mistakes_of
from hub.app.wiring import Wiring
from hub.config import Mistakes
from hub.errors import NotFound
from hub.journal import Journal
from hub.language import ENGLISH
from hub.model import Json
from hub.pipeline.comparing import compare


class Comparison:
    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._journal = Journal(wiring.database)

    def compare(self, by: str, feed: str, last: int, values: bool = False, language: str = ENGLISH) -> Json:  # noqa: ARG002 - for the audit
        """An operation: the newest messages by the settings in force, and by those in the files."""
        now = self._wiring.adapters.get(feed)
        if now is None:
            raise NotFound("there is no feed {feed} in this configuration", feed=feed)
        try:
            then = self._wiring.made(self._wiring.read_again()).get(feed)
        except Mistakes as error:
            return {"mistakes": mistakes_of(error, language)}
        if then is None:
            raise NotFound("there is no feed {feed} in this configuration", feed=feed)
        return compare(self._journal.newest(feed, last), now, then, values=values, language=language)
