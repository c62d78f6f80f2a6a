"""What a configuration file may only point at: ``{ file = "…" }`` or ``{ env = "…" }``."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, core_schema

from hub.errors import ConfigError
from hub.language import Text

REFER = "a secret never stands in this file: write {file} or {env}"
KINDS = ("env", "file")
DIRECTORY = "directory"
"""The key of pydantic's validation context under which relative files are looked for."""


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a secret is. It is fetched each time it is needed, and stands in no text this object gives of itself."""

    kind: str
    name: str
    directory: Path = Path()

    def reveal(self) -> str:
        """Raises ``ConfigError`` when it is not there."""
        value = os.environ.get(self.name) if self.kind == "env" else self._content()
        if not value:
            raise ConfigError("the secret {place} is not there or is empty", place=str(self))
        return value

    def _content(self) -> str | None:
        try:
            return (self.directory / self.name).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
        except OSError as error:
            reason = Text(error.strerror or str(error))
            raise ConfigError("the secret {place} cannot be read: {reason}", place=str(self), reason=reason) from error
        except UnicodeDecodeError:  # not chained: it would quote the secret
            raise ConfigError("the secret {place} is not UTF-8", place=str(self)) from None

    def __str__(self) -> str:
        return f'{{ {self.kind} = "{self.name}" }}'

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(
            cls.read, serialization=core_schema.plain_serializer_function_ser_schema(cls._as_written)
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {
            "type": "object",
            "properties": {kind: {"type": "string"} for kind in KINDS},
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": False,
        }

    @classmethod
    def read(cls, value: Any, info: ValidationInfo) -> Secret:
        match value:
            case Secret():
                return value
            case {"env": str(name), **rest} | {"file": str(name), **rest} if name and not rest:
                return cls(next(iter(value)), name, (info.context or {}).get(DIRECTORY, Path()))
        raise ValueError(Text(REFER, {"file": '{ file = "…" }', "env": '{ env = "…" }'}))

    def _as_written(self) -> dict[str, str]:
        return {self.kind: self.name}
