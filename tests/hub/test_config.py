from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import ClassVar, Literal

import pytest
from pydantic import Field

from hub.adapter import Adapter, Message, Settings
from hub.config import Mistakes, Secret, assert_secrets, doubts, load, overlooked, reference
from hub.config.models import Address
from hub.config.places import line_of, lines_of
from hub.errors import ConfigError, PluginError
from hub.language import CHINESE
from hub.loader import Broken, load_plugins
from hub.model import RecordUpdate

Write = Callable[..., Path]


class Account(Settings):
    user: str
    """Who logs in."""
    password: Secret
    """What they log in with."""


class DoorSettings(Settings):
    listen: Address
    """Where it listens, HOST:PORT."""
    encoding: Literal["auto", "utf-8", "gb18030"] = "auto"
    frame_mb: int = Field(default=25, ge=1, le=1000)
    systems: dict[str, str] = Field(default_factory=dict)
    account: Account | None = None


class Door(Adapter[DoorSettings]):
    name: ClassVar[str] = "door"
    Settings = DoorSettings

    def parse(self, message: Message) -> list[RecordUpdate]:
        raise AssertionError(message.id)


ADAPTERS = {"door": Door}
REFER = 'a secret never stands in this file: write { file = "…" } or { env = "…" }'
GOOD = 'adapter = "door"\n[settings]\nlisten = "127.0.0.1:2575"\n'


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes hub.toml and feed files; the folder."""

    def files(hub: str = "", **feeds: str) -> Path:
        (tmp_path / "feeds").mkdir(exist_ok=True)
        (tmp_path / "hub.toml").write_text(hub, encoding="utf-8")
        for name, text in feeds.items():
            (tmp_path / "feeds" / f"{name.replace('_', '-')}.toml").write_text(text, encoding="utf-8")
        return tmp_path

    return files


def mistakes(directory: Path, broken: tuple[Broken, ...] = ()) -> list[str]:
    with pytest.raises(Mistakes) as raised:
        load(directory, ADAPTERS, broken)
    return str(raised.value).replace(f"{directory}{os.sep}", "").splitlines()


def test_an_empty_file_is_the_embedded_default(write: Write) -> None:
    config = load(write(), ADAPTERS)
    assert (config.database_url, config.bus_url) == ("sqlite:///hub.db", "memory://")
    assert config.web.listen == "127.0.0.1:8080"
    assert config.feeds == {}


def test_a_feed_is_named_by_its_file_and_has_its_adapters_settings(write: Write) -> None:
    text = 'adapter = "door"\nverified = true\nreused_key = "refuse"\nduplicate_window = 2\n' + GOOD.partition("\n")[2]
    feed = load(write(central_hospital=text), ADAPTERS).feeds["central-hospital"]
    assert isinstance(feed.settings, DoorSettings)
    assert feed.settings.listen == "127.0.0.1:2575"
    assert (feed.verified, feed.reused_key, feed.duplicate_window) == (True, "refuse", timedelta(days=2))


def test_what_was_read_cannot_be_changed(write: Write) -> None:
    config = load(write(a=GOOD), ADAPTERS)
    with pytest.raises(ValueError, match="frozen"):
        config.web.listen = "x"
    with pytest.raises(AttributeError):
        config.feeds["a"].enabled = False  # type: ignore[misc] # the point of the test


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("databse = 'x'", "hub.toml:1: databse: there is no such key; did you mean database?"),
        (
            "\nzzz = 1",
            "hub.toml:2: zzz: there is no such key; the keys here are database, bus, web, work, log, watch, identity",
        ),
        ("[web]\n\nlisten = 8080", "hub.toml:3: web.listen: must be text in quotes, not 8080"),
        ("web = 1", "hub.toml:1: web: must be a table of keys, not 1"),
        ("[web]\nlisten = '8080'", "hub.toml:2: web.listen: must be HOST:PORT, such as 127.0.0.1:8080"),
        ("[web]\nlisten = 'a:99999'", "hub.toml:2: web.listen: must be HOST:PORT, such as 127.0.0.1:8080"),
        ("[work]\nbatch = 0", "hub.toml:2: work.batch: must be at least 1, not 0"),
        ("[work]\nbatch = 1.5", "hub.toml:2: work.batch: must be a whole number, not 1.5"),
        ("[work]\nbatch = 99999", "hub.toml:2: work.batch: must be at most 10000, not 99999"),
        ("[work]\nsweep_seconds = 0", "hub.toml:2: work.sweep_seconds: must be more than 0, not 0"),
        ("work.sweep_seconds = 'x'", 'hub.toml:1: work.sweep_seconds: must be a number, not "x"'),
        ("[log]\nlevel = 'infos'", 'hub.toml:2: log.level: "infos" is not known; did you mean "info"?'),
        (
            "database = 'mysql://x'",
            "hub.toml:1: database: must be a URL such as sqlite:///hub.db, postgresql+psycopg://user@host/database",
        ),
        ("# note\nbus = 3", "hub.toml:2: bus: must be a URL such as memory://, amqp://user@host//"),
        (
            "bus = { path = 'x' }",
            f"hub.toml:1: bus: {REFER}",
        ),
    ],
)
def test_a_mistake_is_one_line_with_file_line_key_and_what_would_be_right(
    write: Write, text: str, sentence: str
) -> None:
    assert mistakes(write(text)) == [sentence]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "feeds/a.toml:1: adapter: is missing: What kind of source system it is; hub plugins lists them."),
        ("adapter = 'doors'", 'feeds/a.toml:1: adapter: "doors" is not known; did you mean "door"?'),
        ("\nadapter = 'lab'", 'feeds/a.toml:2: adapter: there is no adapter "lab"; the plugins here offer door'),
        ("adapter = 'door'", "feeds/a.toml:1: settings.listen: is missing: Where it listens, HOST:PORT."),
        (
            GOOD + "encoding = 'GB18031'",
            'feeds/a.toml:4: settings.encoding: "GB18031" is not known; did you mean "gb18030"?',
        ),
        (
            GOOD + "encoding = 'big5'",
            'feeds/a.toml:4: settings.encoding: "big5" is not known; write one of "auto", "utf-8", "gb18030"',
        ),
        (GOOD + "[settings.systems]\nHOSP = 1", "feeds/a.toml:5: settings.systems.HOSP: must be text in quotes, not 1"),
        (
            GOOD + "[settings.account]\nuser = 'x'\npasword = 'y'\npassword = { env = 'X' }",
            "feeds/a.toml:6: settings.account.pasword: there is no such key; did you mean password?",
        ),
        (
            GOOD + "account = { user = 'x', password = 'geheim' }",
            f"feeds/a.toml:4: settings.account.password: {REFER}",
        ),
        ("verified = 3\n" + GOOD, "feeds/a.toml:1: verified: must be true or false, not 3"),
    ],
)
def test_a_mistake_in_a_feed_names_its_own_line(write: Write, text: str, sentence: str) -> None:
    assert mistakes(write(a=text)) == [sentence]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a = 1\na = 2", 2, "this key stands here for the second time"),
        ("[web]\n[log]\n[web]", 3, "this table was written before"),
        ("web = {}\n[web.a]", 2, "this table was written before"),
        ("[web\n", 1, "the name of a table ends with ]"),
        ("[web]\nlisten = x", 2, "this is no value; text stands in straight quotes"),
        ("bus = “memory://”", 1, "this is no value; text stands in straight quotes"),
        ("bus", 1, "a key is followed by ="),
        ("bus = 'a' 'b'", 1, "something stands behind the value"),
        ("bus = 'a\n", 1, "the text has no quote at its end"),
        ('bus = "a\n', 1, "the text has no quote at its end"),
        ('bus = """a\n\n', 2, "the text has no quote at its end"),
        ("bus = [1,\n", 1, "the last value has no end"),
        ("bus = [1\nweb = 2", 2, "the list has no ] at its end"),
        ("bus = { file = 'x' ", 1, "the table has no } at its end"),
        ('bus = "C:\\hub"', 1, "in double quotes \\ begins a sign"),
        ("a = '\x01'", 1, "a sign stands here that TOML does not allow"),
        ("总线 = 1", 1, "a line is KEY = VALUE"),
        ("[总线]", 1, "a key is written in a-z"),
        ("a = 2026-13-01", 1, ""),
    ],
)
def test_what_is_no_toml_is_said_at_its_line_in_both_languages(write: Write, text: str, line: int, reason: str) -> None:
    directory = write(text)
    (said,) = mistakes(directory)
    assert said.startswith(f"hub.toml:{line}: is not TOML here: {reason}")
    with pytest.raises(Mistakes) as raised:
        load(directory, ADAPTERS)
    chinese = raised.value.text.render(CHINESE).partition("TOML：")[2]
    assert re.search("[\u4e00-\u9fff]", chinese)
    assert not re.search("[a-z]{3}", chinese.replace("true", "").replace("false", ""))


def test_a_key_that_is_missing_is_explained_in_chinese(write: Write) -> None:
    with pytest.raises(Mistakes) as raised:
        load(write(a=""), ADAPTERS)
    assert raised.value.text.render(CHINESE).endswith(
        "/feeds/a.toml:1: adapter: 缺少此项：来源系统属于哪一类；hub plugins 可列出全部。"
    )


def test_a_file_that_cannot_be_read_is_said_in_chinese(write: Write) -> None:
    directory = write()
    (directory / "feeds" / "a.toml").mkdir()
    with pytest.raises(Mistakes) as raised:
        load(directory, ADAPTERS)
    assert raised.value.text.render(CHINESE).endswith("/feeds/a.toml: 无法读取：这是一个文件夹")


def test_a_mistake_of_two_keys_stands_at_the_one_to_change(write: Write) -> None:
    directory = write(a='adapter = "hl7"\n\n[settings]\nencoding = "utf-8"\nlisten = "0.0.0.0:2575"\n')
    with pytest.raises(Mistakes) as raised:
        load(directory, load_plugins().adapters())
    (mistake,) = raised.value.mistakes
    assert (mistake.line, mistake.key) == (5, "settings.listen")
    assert "insecure_plain = true" in str(mistake.text)


def test_all_secrets_that_a_hub_would_miss_are_named_at_their_lines(write: Write) -> None:
    account = "[settings.account]\nuser = 'x'\npassword = { file = 'secrets' }"
    directory = write("\nbus = { env = 'HUB_TEST_NOT_SET' }", a=GOOD + account, b="enabled = false\n" + GOOD + account)
    (directory / "secrets").mkdir()
    with pytest.raises(Mistakes) as raised:
        assert_secrets(load(directory, ADAPTERS))
    assert [(each.file.name, each.line, each.key) for each in raised.value.mistakes] == [
        ("hub.toml", 2, "bus"),
        ("a.toml", 6, "settings.account.password"),
    ]
    assert str(raised.value).endswith('the secret { file = "secrets" } cannot be read: Is a directory')


def test_an_address_that_is_a_missing_secret_is_a_mistake_with_its_line(write: Write) -> None:
    config = load(write("# one\nbus = { env = 'HUB_TEST_NOT_SET' }"), ADAPTERS)
    with pytest.raises(Mistakes) as raised:
        _ = config.bus_url
    assert [(each.line, each.key) for each in raised.value.mistakes] == [(2, "bus")]


@pytest.mark.parametrize(
    ("url", "warned"),
    [
        ("postgresql://hub:hush@host/hub", True),
        ("postgresql+psycopg://hub@host/hub?password=hush", True),
        ("postgresql://hub@host/hub", False),
        ("sqlite:///hub.db", False),
    ],
)
def test_a_password_in_a_url_is_a_doubt_that_does_not_repeat_it(write: Write, url: str, warned: bool) -> None:
    found = [str(each.text) for each in doubts(load(write(f"database = '{url}'"), ADAPTERS))]
    assert len(found) == warned
    assert "hush" not in "".join(found)


def test_files_that_belong_to_an_editor_are_no_doubt(write: Write) -> None:
    directory = write(a=GOOD)
    for name in (".a.toml.swp", ".gitkeep", "b.TOML"):
        (directory / "feeds" / name).touch()
    assert [each.file.name for each in overlooked(directory)] == ["b.TOML"]
    assert list(overlooked(directory / "nowhere")) == []


def test_several_mistakes_are_several_lines_in_the_order_of_the_files(write: Write) -> None:
    found = mistakes(write("[web]\nlisten = 1\n[lgo]", b=GOOD + "frame_mb = 0", a="adapter = 1"))
    assert [line.partition(": ")[0] for line in found] == [
        "hub.toml:2", "hub.toml:3", "feeds/a.toml:1", "feeds/b.toml:4",
    ]  # fmt: skip


def test_a_plugin_that_did_not_load_is_named_where_its_adapter_is_missed(write: Write) -> None:
    broken = Broken("county_lab", "county_lab", PluginError("plugin county_lab is not loaded: ImportError: no lxml"))
    (line,) = mistakes(write(a="adapter = 'county_lab'"), (broken,))
    assert line.endswith("; plugin county_lab is not loaded: ImportError: no lxml")


def test_two_doors_at_one_address_are_a_mistake(write: Write) -> None:
    (line,) = mistakes(write(a=GOOD, b=GOOD))
    assert line == "feeds/b.toml:3: settings.listen: 127.0.0.1:2575 is taken by a.toml; choose another port"
    (line,) = mistakes(
        write(
            "[web]\nlisten = '0.0.0.0:2575'",
            a=GOOD,
            b="adapter = 'door'\nenabled = false\n[settings]\nlisten = '127.0.0.1:2576'",
        )
    )
    assert (
        line == "feeds/a.toml:3: settings.listen: 127.0.0.1:2575 is taken by hub.toml web.listen; choose another port"
    )


def test_a_feed_that_is_switched_off_takes_no_port(write: Write) -> None:
    assert set(load(write(a=GOOD, b="enabled = false\n" + GOOD), ADAPTERS).feeds) == {"a", "b"}


def test_a_file_with_a_name_no_feed_can_have_is_a_mistake(write: Write) -> None:
    (line,) = mistakes(write(Central=GOOD))
    assert line.startswith("feeds/Central.toml: a feed is named in a-z, 0-9 and -")


def test_a_missing_file_says_what_would_make_one(tmp_path: Path) -> None:
    assert mistakes(tmp_path) == ["hub.toml: there is no such file; hub init DIR writes a starter configuration"]


def test_a_file_saved_in_another_encoding_is_a_mistake_with_its_line(write: Write) -> None:
    directory = write(a=GOOD)
    (directory / "hub.toml").write_bytes("# one\n# 汇通\n".encode("gb18030"))
    assert mistakes(directory) == ["hub.toml:2: is not UTF-8 here; save the file as UTF-8"]


def test_the_mark_that_windows_editors_write_first_is_no_mistake(write: Write) -> None:
    directory = write(a=GOOD)
    (directory / "hub.toml").write_bytes(b'\xef\xbb\xbf[web]\r\nlisten = "127.0.0.1:1"\r\n')
    assert load(directory, ADAPTERS).web.listen == "127.0.0.1:1"


def test_a_mistake_is_said_in_chinese_too(write: Write) -> None:
    with pytest.raises(Mistakes) as raised:
        load(write("databse = 1"), ADAPTERS)
    sentence = raised.value.text.render(CHINESE)
    assert ":1: databse: " in sentence
    assert sentence != str(raised.value)


def test_a_secret_is_fetched_when_it_is_needed_and_never_shown(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    text = GOOD + "[settings.account]\nuser = 'x'\npassword = { file = 'secrets/p' }"
    directory = write('database = { env = "HUB_TEST_URL" }', a=text)
    config = load(directory, ADAPTERS)
    settings = config.feeds["a"].settings
    assert isinstance(settings, DoorSettings)
    assert settings.account is not None
    with pytest.raises(ConfigError, match=r'the secret \{ file = "secrets/p" \} is not there'):
        settings.account.password.reveal()
    (directory / "secrets").mkdir()
    (directory / "secrets" / "p").write_text("hush\n")
    monkeypatch.setenv("HUB_TEST_URL", "sqlite:///hush.db")
    assert settings.account.password.reveal() == "hush"
    assert config.database_url == "sqlite:///hush.db"
    assert "hush" not in f"{config!r}{config}{settings.model_dump_json()}"


def test_the_reference_is_the_models() -> None:
    plugins = load_plugins()
    ours = {name: adapter for name, adapter in plugins.adapters().items() if adapter.__module__[:8] == "plugins."}
    shown = Path("docs/reference/configuration.md").read_text(encoding="utf-8")
    written = reference.page(ours, plugins.alarms(), plugins.senders())
    assert shown == written, "python -m hub.config.reference writes it anew"


def test_every_key_knows_the_line_it_stands_on() -> None:
    text = '''# note = 1
a.b = """
c = 2
"""
"d.e" = [
  1, # [x]
  2,
]
[f]
g = { h = 1 }
[[i]]
j = 1
[[i]]
j = "]"
[i.k]
l = 'm = 1'
'''
    lines = lines_of(text)
    assert lines == {
        ("a",): 2, ("a", "b"): 2, ("d.e",): 5, ("f",): 9, ("f", "g"): 10, ("i", 0): 11, ("i", 0, "j"): 12,
        ("i", 1): 13, ("i", 1, "j"): 14, ("i", 1, "k"): 15, ("i", 1, "k", "l"): 16,
    }  # fmt: skip
    assert line_of(("f", "g", "h"), lines) == 10
    assert line_of(("nowhere",), lines) == 1
