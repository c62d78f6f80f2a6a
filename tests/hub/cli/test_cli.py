"""The command line as a whole: quick help, one exit code for each outcome, no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path

import click
import pytest

from hub import cli, errors
from hub.cli.exits import BY_ERROR, FAILED, OK, PARTLY, REFUSED, code_of, code_of_many, ended
from hub.errors import ConfigError, HubError, NotFound, ParseError, PluginError, Refused, Unavailable
from tests.hub.cli.conftest import Hub

HEAVY = ("sqlalchemy", "pydantic", "rich", "msgspec", "kombu", "starlette", "plugins.hl7")


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        env=os.environ | {"HUB_LANG": "en"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_comes_at_once() -> None:
    seconds = []
    for _ in range(3):
        begin = time.perf_counter()
        assert python("-m", "hub", "--help").returncode == OK
        seconds.append(time.perf_counter() - begin)

    assert min(seconds) < 0.3


def test_help_imports_nothing_heavy() -> None:
    program = "import sys; from hub import cli; cli.ended(cli.hub, ['--help']); print(*sys.modules)"
    loaded = python("-c", program).stdout.splitlines()[-1].split()

    assert [name for name in HEAVY if name in loaded] == []


@pytest.mark.parametrize("verb", cli.VERBS)
def test_every_verb_has_a_module_and_explains_itself(verb: str, hub: Hub) -> None:
    assert isinstance(import_module(f"hub.cli.{cli.VERBS[verb].module}").command, click.Command)
    answer = hub(verb, "--help")

    assert (answer.code, answer.err) == (OK, "")
    assert answer.out.startswith(f"Usage: hub {verb}")


def test_an_unknown_verb_is_a_mistake_with_a_suggestion(hub: Hub) -> None:
    answer = hub("mesages")

    assert (answer.code, answer.out) == (2, "")
    assert "did you mean messages?" in answer.err


def test_an_unknown_option_is_a_mistake(hub: Hub) -> None:
    assert hub("feeds", "--colour").code == 2


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigError("x"), 4),
        (PluginError("x"), 4),
        (NotFound("x"), 3),
        (Refused("x"), 7),
        (Unavailable("x"), 5),
        (ParseError("x"), 1),
    ],
)
def test_each_error_has_its_exit_code(error: HubError, code: int) -> None:
    assert code_of(error) == code


def test_no_error_of_the_hub_lacks_an_exit_code() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, HubError)]

    assert len(kinds) > 10
    assert all(any(issubclass(kind, known) for known, _ in BY_ERROR) for kind in kinds)


def test_several_outcomes_make_one_code() -> None:
    assert code_of_many([OK, OK]) == OK
    assert code_of_many([REFUSED, REFUSED]) == REFUSED
    assert code_of_many([OK, REFUSED]) == PARTLY
    assert code_of_many([REFUSED, 3]) == FAILED


def failing(error: BaseException) -> click.Command:
    @click.command()
    def command() -> None:
        raise error

    return command


def test_an_error_of_the_hub_is_one_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_LANG", "en")
    code = ended(lambda: failing(Refused("no {what} today", what="fish")), [])

    assert (code, capsys.readouterr().err) == (7, "error: no fish today\n")


def test_an_unexpected_error_is_one_line_that_says_how_to_see_more(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_LANG", "en")
    code = ended(lambda: failing(KeyError("rid")), [])

    assert (code, capsys.readouterr().err) == (1, "error: KeyError: 'rid' (HUB_DEBUG=1 shows where)\n")
    monkeypatch.setenv("HUB_DEBUG", "1")
    ended(lambda: failing(KeyError("rid")), [])
    assert "Traceback" in capsys.readouterr().err


def test_a_file_that_cannot_be_used_is_named_with_the_reason(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    error = PermissionError(13, "Permission denied", "/far/away")
    for language, said in {
        "en": "error: /far/away cannot be used: Permission denied; see that it is there, and who may read and write it",
        "zh": "错误：无法使用 /far/away：没有权限；请确认它存在，并检查读写权限",
    }.items():
        monkeypatch.setenv("HUB_LANG", language)
        assert (ended(lambda: failing(error), []), capsys.readouterr().err) == (1, f"{said}\n")


def test_a_file_that_cannot_be_read_is_a_usage_mistake_in_both_languages(
    hub: Hub, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for language, said in {"en": "/slip': No such file or directory", "zh": "/slip': 没有这个文件或文件夹"}.items():
        monkeypatch.setenv("HUB_LANG", language)
        answer = hub("submit", "desk", str(directory / "slip"))
        assert answer.code == 2
        assert said in answer.err


def test_an_interrupted_command_ends_as_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(lambda: failing(KeyboardInterrupt()), []) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_a_reader_who_has_seen_enough_is_no_error(directory: Path) -> None:
    done = subprocess.run(
        f"{sys.executable} -m hub version --json | head -c 1",
        shell=True,
        env=os.environ | {"HUB_CONFIG": str(directory)},
        capture_output=True,
        check=False,
    )

    assert done.stderr == b""


def test_mistakes_of_a_configuration_end_with_4(hub: Hub, directory: Path) -> None:
    (directory / "hub.toml").write_text('databse = "sqlite:///hub.db"\n')
    answer = hub("feeds", "--json")

    assert (answer.code, answer.out) == (4, "")
    assert "hub.toml" in answer.err
    assert "databse" in answer.err


def test_chinese_is_spoken_where_the_terminal_does(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_LANG", "zh_CN")

    assert "数据库" in hub("show", "1").err
    assert "用法" in hub("feeds", "--help").out


def test_the_version_is_shown(hub: Hub) -> None:
    assert hub("--version").out.startswith("huitong ")
    assert hub("version", "--json").data["huitong"] in hub("--version").out
