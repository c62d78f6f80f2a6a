"""A webhook, heard by a small HTTP server."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, Self

import pytest
from pydantic import ValidationError

from hub import Alert, RetryLater, Text
from plugins.webhook.alarm import Webhook
from plugins.webhook.settings import WebhookSettings

BEGAN = datetime(2024, 5, 6, 2, 41, tzinfo=UTC)
LASTS = Alert(12, "silent", "north", Text("no message for {minutes} min", {"minutes": 31}), BEGAN)
OVER = Alert(12, "silent", "north", LASTS.text, BEGAN, BEGAN + timedelta(hours=1))


class Ears:
    """Answers as told, and keeps what it heard."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], Any]] = []
        self.status, self.answer = 200, b"{}"
        ears = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                ears.heard.append((dict(self.headers), body))
                self.send_response(ears.status)
                self.send_header("Content-Length", str(len(ears.answer)))
                self.end_headers()
                self.wfile.write(ears.answer)

            def log_message(self, *_arguments: Any) -> None:
                """Says nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?key=hush"
        self._thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self._thread.join()
        self.server.server_close()


@pytest.fixture
def ears() -> Iterator[Ears]:
    with Ears() as ears:
        yield ears


def webhook(url: str, **settings: Any) -> Webhook:
    return Webhook("duty", WebhookSettings.model_validate({"url": url} | settings))


def test_a_beginning_and_an_end_are_a_post_each(ears: Ears, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUTY", "t0ken")
    alarm = webhook(ears.url, token={"env": "DUTY"})
    alarm.tell(LASTS, "began")
    alarm.tell(OVER, "ended")
    alarm.close()
    [(headers, began), (_, ended)] = ears.heard
    assert headers["Authorization"] == "Bearer t0ken"
    assert headers["Idempotency-Key"] == "12-began"
    assert began.pop("text_zh")
    assert began == {
        "id": 12,
        "change": "began",
        "kind": "silent",
        "subject": "north",
        "began_at": "2024-05-06T02:41:00+00:00",
        "ended_at": None,
        "text": "no message for 31 min",
    }
    assert (ended["change"], ended["ended_at"]) == ("ended", "2024-05-06T03:41:00+00:00")


def test_a_beginning_told_late_is_still_only_a_beginning(ears: Ears) -> None:
    alarm = webhook(ears.url)
    alarm.tell(OVER, "began")
    alarm.close()
    assert ears.heard[0][1]["ended_at"] is None


def test_robots_of_chats_get_their_text_and_their_refusal_is_noticed(ears: Ears) -> None:
    alarm = webhook(ears.url, form="chat")
    alarm.tell(LASTS, "began")
    assert ears.heard[0][1]["msgtype"] == "text"
    assert "silent north" in ears.heard[0][1]["text"]["content"]
    for answer in (b'{"errcode": 93000}', b"[]", b"<html>"):
        ears.answer = answer
        with pytest.raises(RetryLater, match="refuses"):
            alarm.tell(LASTS, "began")
    alarm.close()


def test_what_is_not_taken_is_to_be_told_again_and_the_url_is_no_part_of_the_error(ears: Ears) -> None:
    alarm = webhook(ears.url)
    for status in (301, 403, 500):
        ears.status = status
        with pytest.raises(RetryLater, match=rf"answers {status}$"):
            alarm.tell(LASTS, "began")
    alarm.close()
    nobody = webhook("http://127.0.0.1:9/hook?key=hush", seconds=1)
    with pytest.raises(RetryLater, match=r"cannot be reached: ConnectError$") as raised:
        nobody.tell(LASTS, "began")
    nobody.close()
    assert "hush" not in str(raised.value)


@pytest.mark.parametrize("url", ["ftp://x", "https://", 3, {"path": "x"}])
def test_a_url_must_be_one(url: object) -> None:
    with pytest.raises(ValidationError):
        WebhookSettings.model_validate({"url": url})
