"""What others must still hear: queued with the record, told in order to each destination, settled one by one."""

from hub.outbox.due import Due, due_changes, queue
from hub.outbox.entries import STATUSES, Entry, Status
from hub.outbox.listing import Deliveries, Figures
from hub.outbox.routing import Routing, Told
from hub.outbox.store import Ended, Outbox

__all__ = [
    "STATUSES",
    "Deliveries",
    "Due",
    "Ended",
    "Entry",
    "Figures",
    "Outbox",
    "Routing",
    "Status",
    "Told",
    "due_changes",
    "queue",
]
