"""The mailbox: what senders were told is safe. Append-only, written by intake alone."""

from hub.journal.arrivals import Arrival, FeedRules
from hub.journal.reasons import pack, unpack
from hub.journal.store import Also, Journal

__all__ = ["Also", "Arrival", "FeedRules", "Journal", "pack", "unpack"]
