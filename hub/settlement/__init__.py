"""What became of each message: written with the record, read by people."""

from hub.settlement.feeds import FeedState
from hub.settlement.messages import MessageState
from hub.settlement.reading import Settlements
from hub.settlement.writing import Outcome, Overtaken, come_so_far, settle

__all__ = ["FeedState", "MessageState", "Outcome", "Overtaken", "Settlements", "come_so_far", "settle"]
