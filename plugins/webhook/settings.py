"""What IT staff may write for a webhook."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationInfo

from hub import Secret, Settings, Text


def _url(value: Any, info: ValidationInfo) -> str | Secret:
    if isinstance(value, dict | Secret):
        return Secret.read(value, info)
    if isinstance(value, str) and value.startswith(("https://", "http://")) and len(value.partition("//")[2]) > 1:
        return value
    raise ValueError(Text("must be a URL such as {example}", {"example": "https://alarms.example.org/hub"}))


class WebhookSettings(Settings):
    """A URL that is sent a POST for each beginning and each end."""

    url: Annotated[str | Secret, BeforeValidator(_url)]
    """Where to; robots of WeCom and DingTalk have their key in it: then better { file = "…" } or { env = "…" }."""
    form: Literal["json", "chat"] = "json"
    """A JSON object of facts, or the text message that robots of WeCom and DingTalk take."""
    token: Secret | None = None
    """Sent as a bearer token; { file = "…" } or { env = "…" }."""
    seconds: float = Field(default=10, gt=0, le=60)
    """How long the other side may take to answer."""
