"""Puts the parts of a hub together; the only module that knows them all."""

from hub.app.ending import Ending
from hub.app.running import App
from hub.app.wiring import PARTS

__all__ = ["PARTS", "App", "Ending"]
