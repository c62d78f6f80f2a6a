"""Watches the feeds: what is unusual begins an alert, and ends it."""

from hub.watch.looking import Look
from hub.watch.part import Teller, Watch

__all__ = ["Look", "Teller", "Watch"]
