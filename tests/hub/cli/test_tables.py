"""Tables for people, aligned text for pipes."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime

import pytest

from hub.cli import fates
from hub.cli.tables import put_json, put_json_list, put_table, shown


def test_columns_stand_under_each_other_in_chinese_too(capsys: pytest.CaptureFixture[str]) -> None:
    put_table(["名称", "n"], [["张三", 1], ["Li", 22]], numbers=["n"])

    assert capsys.readouterr().out == "名称   n\n张三   1\nLi    22\n"


def test_a_cell_of_several_lines_stays_in_its_row(capsys: pytest.CaptureFixture[str]) -> None:
    put_table(["a", "b"], [["one\ntwo\tthree", "x"]])

    assert capsys.readouterr().out.splitlines()[1] == "one two three  x"


def test_a_terminal_gets_a_table(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    put_table(["name"], [["[bold]张三[/bold]"]])
    out = capsys.readouterr().out

    assert "[bold]张三[/bold]" in out
    assert "┃" in out


def test_no_color_is_honoured(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("NO_COLOR", "1")
    put_table(["name"], [["x"]])

    assert "\x1b[3" not in capsys.readouterr().out


def test_json_is_utf8_and_keeps_decimals(capsys: pytest.CaptureFixture[str]) -> None:
    from decimal import Decimal

    put_json({"name": "张三", "value": Decimal("1.50")})

    assert capsys.readouterr().out == '{\n  "name": "张三",\n  "value": 1.50\n}\n'


@pytest.mark.parametrize("count", [0, 1, 20_000])
def test_a_list_is_written_whole(count: int, capsys: pytest.CaptureFixture[str]) -> None:
    import json

    put_json_list({"n": n} for n in range(count))

    assert [row["n"] for row in json.loads(capsys.readouterr().out)] == list(range(count))


@pytest.mark.parametrize(
    ("zone", "text"), [("Asia/Shanghai", "2026-11-21 16:30:01"), ("UTC", "2026-11-21 08:30:01+00:00")]
)
def test_moments_are_shown_to_the_second_with_their_zone_where_it_is_not_chinas(
    zone: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert shown(datetime(2026, 11, 21, 8, 30, 1, 5, UTC)) == text
    finally:
        monkeypatch.undo()
        time.tzset()
    assert shown(None) == ""


def test_many_fields_are_cut_and_said_so(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_LANG", "en")
    fate = {"place": "PID-3", "name": "id", "value": "v" * 100, "fate": "mapped", "detail": "Patient.identifier"}
    fates.put_fates([fate] * (fates.SHOWN + 1))
    out, err = capsys.readouterr()

    assert out.count("PID-3") == fates.SHOWN
    assert f"the first {fates.SHOWN}" in err
    assert "v" * 61 not in out


def test_fields_are_named_in_the_languages_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    fate = {
        "place": "PID-5", "name": "Patient Name", "chinese": "患者姓名", "value": "张三", "fate": "mapped",
        "detail": "Patient.name", "group": "PID", "group_name": "Patient Identification", "group_chinese": "患者标识",
    }  # fmt: skip
    told = {}
    for language in ("zh", "en", "both"):
        fates.put_fates([fate], language)
        told[language] = capsys.readouterr().out.splitlines()[1:3]
    assert told == {
        "zh": ["PID 患者标识", "  PID-5     患者姓名: 张三"],
        "en": ["PID Patient Identification", "  PID-5     Patient Name: 张三"],
        "both": ["PID 患者标识 Patient Identification", "  PID-5     患者姓名 Patient Name: 张三"],
    }


def test_neighbours_that_are_ignored_for_one_reason_are_folded(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_LANG", "en")
    group = {"group": "MSH", "group_name": "Message Header", "group_chinese": "消息头"}
    ignored = [
        {"place": f"MSH-{at}", "name": f"n{at}", "value": "v", "fate": "ignored", "detail": "of the envelope"} | group
        for at in (1, 2, 3)
    ]
    mapped = {"place": "MSH-7", "name": "n7", "value": "v", "fate": "mapped", "detail": "Observation.issued"} | group
    fates.put_fates([*ignored, mapped, ignored[0]])
    assert capsys.readouterr().out.splitlines()[1:] == [
        "MSH Message Header",
        "  MSH-1, MSH-2, MSH-3",
        "            ignored: of the envelope",
        "  MSH-7     n7: v",
        "            mapped: Observation.issued",
        "  MSH-1     n1: v",
        "            ignored: of the envelope",
    ]


def test_line_ends_and_whatever_could_steer_a_terminal_are_seen() -> None:
    from hub.cli.show import printable

    assert printable("MSH|\rPID|\r\nX\n\x1b[1m") == "MSH|␍\nPID|␍␊\nX␊\n\\x1b[1m"
