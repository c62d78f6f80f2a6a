"""What is unusual just now: said once when it begins and once when it ends, however often it is noticed."""

from hub.alerts.store import Alerts
from hub.alerts.telling import Told

__all__ = ["Alerts", "Told"]
