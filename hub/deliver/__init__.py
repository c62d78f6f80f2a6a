"""Tells destinations what waits for them: one thread for each, strictly in order."""

from hub.deliver.part import Deliver

__all__ = ["Deliver"]
