"""One POST for each beginning and each end of an alert."""

from __future__ import annotations

from typing import Any

import httpx

from hub import Alarm, Alert, Change, RetryLater, Secret
from plugins.webhook.settings import WebhookSettings

WORDS = {"began": "告警开始 / Alert began", "ended": "告警结束 / Alert ended"}


class Webhook(Alarm[WebhookSettings]):
    name = "webhook"
    Settings = WebhookSettings

    def __init__(self, alarm: str, settings: WebhookSettings) -> None:
        super().__init__(alarm, settings)
        self._client = httpx.Client(timeout=settings.seconds, follow_redirects=False)

    def tell(self, alert: Alert, change: Change) -> None:
        body = facts(alert, change) if self.settings.form == "json" else chat(alert, change)
        url = self.settings.url.reveal() if isinstance(self.settings.url, Secret) else self.settings.url
        try:
            answer = self._client.post(url, json=body, headers=self._headers(alert, change))
        except (httpx.HTTPError, httpx.InvalidURL) as error:  # its words may quote the URL, and that a key
            raise RetryLater("the webhook cannot be reached: {error}", error=type(error).__name__) from None
        if not answer.is_success:
            raise RetryLater("the webhook answers {status}", status=answer.status_code)
        if self.settings.form == "chat" and (code := _refusal(answer)):
            raise RetryLater("the robot refuses with {code}", code=code)

    def close(self) -> None:
        self._client.close()

    def _headers(self, alert: Alert, change: Change) -> dict[str, str]:
        once = {"Idempotency-Key": f"{alert.id}-{change}"}
        token = self.settings.token
        return once | {"Authorization": f"Bearer {token.reveal()}"} if token else once


def facts(alert: Alert, change: Change) -> dict[str, Any]:
    return {
        "id": alert.id,
        "change": change,
        "kind": alert.kind,
        "subject": alert.subject,
        "began_at": alert.began_at.isoformat(),
        "ended_at": alert.ended_at.isoformat() if change == "ended" and alert.ended_at else None,
        "text": str(alert.text),
        "text_zh": alert.text.render("zh_CN"),
    }


def chat(alert: Alert, change: Change) -> dict[str, Any]:
    at = alert.ended_at if change == "ended" and alert.ended_at else alert.began_at
    content = f"{WORDS[change]}: {alert.kind} {alert.subject}\n{alert.text.both()}\n{at:%Y-%m-%d %H:%M}"
    return {"msgtype": "text", "text": {"content": content}}


def _refusal(answer: httpx.Response) -> str:
    """Robots answer 200 to what they refuse."""
    try:
        code = answer.json().get("errcode", 0)
    except (ValueError, AttributeError):
        return "?"
    return str(code) if code else ""
