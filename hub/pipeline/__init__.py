"""From waiting messages to the record: parse outside, apply and settle in one transaction."""

from hub.pipeline.parsing import Parsed, Parser
from hub.pipeline.stepping import Pipeline

__all__ = ["Parsed", "Parser", "Pipeline"]
