"""A file that a setting names: relative to the folder of the configuration, like every path in it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationInfo

from hub.config.secrets import DIRECTORY
from hub.language import Text


def _located(value: Any, info: ValidationInfo) -> Path:
    if isinstance(value, Path):
        return value
    if not isinstance(value, str) or not value.strip():
        raise ValueError(Text("must be the name of a file in quotes"))
    return Path((info.context or {}).get(DIRECTORY, Path()), value)


LocalFile = Annotated[Path, BeforeValidator(_located)]
"""What is in it is looked at when a hub runs, and by ``Settings.faults``."""
