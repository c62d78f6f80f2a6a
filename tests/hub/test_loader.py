from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from hub.loader import GROUP, Plugins, load_plugins

Install = Callable[..., EntryPoint]

GOOD = """
from hub import Adapter, hookimpl

class Lab(Adapter):
    name = "NAME"
    def parse(self, message):
        return []

@hookimpl
def register_adapters():
    return [Lab]
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Writes a plugin's module; its entry point."""
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)

    def write(name: str, text: str) -> EntryPoint:
        (tmp_path / f"plugin_{name}.py").write_text(textwrap.dedent(text))
        return EntryPoint(name, f"plugin_{name}", GROUP)

    yield write
    for name in set(sys.modules) - before:
        if name.startswith("plugin_"):
            del sys.modules[name]


def loaded(plugins: Plugins) -> list[str]:
    return [plugin.name for plugin in plugins.loaded]


def test_plugins_are_loaded_in_the_order_of_their_names(install: Install) -> None:
    entries = [install(name, GOOD.replace("NAME", f"lab_{name}")) for name in ("b", "a")]
    plugins = load_plugins(entries)
    assert loaded(plugins) == ["a", "b"]
    assert list(plugins.adapters()) == ["lab_a", "lab_b"]
    assert plugins.broken == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("def broken(:", "SyntaxError: "),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("x = 1", "it implements no hook; mark its functions with @hookimpl"),
        (
            "from hub import hookimpl\n@hookimpl\ndef register_adapter():\n    return []",
            "there is no hook register_adapter; the hooks are register_adapters, register_alarms",
        ),
        (
            "from hub import hookimpl\n@hookimpl\ndef register_adapters(house):\n    return []",
            "PluginValidationError: Plugin 'bad' for hook 'register_adapters'",
        ),
        (
            "from hub import hookimpl\n@hookimpl\ndef register_adapters():\n    return [int]",
            "register_adapters gave <class 'int'>, which is no Adapter class",
        ),
        (
            "from hub import hookimpl\n@hookimpl\ndef register_adapters():\n    return 7",
            "TypeError: 'int' object is not iterable",
        ),
        (GOOD.replace('    name = "NAME"\n', ""), "Lab needs a name of a-z, 0-9 and _, such as"),
        (GOOD.replace("NAME", "Lab 1"), "Lab needs a name of a-z, 0-9 and _, such as"),
        (GOOD.replace("NAME", "lab").replace("def parse", "def prase"), "Lab has no parse"),
        (
            GOOD.replace("NAME", "lab").replace("    def", "    Settings = dict\n    def"),
            "Lab.Settings must be a subclass",
        ),
        (GOOD.replace("NAME", "lab_a_good"), "another plugin has an adapter named lab_a_good"),
    ],
)
def test_a_broken_plugin_is_shown_with_its_reason_and_the_others_run(install: Install, text: str, reason: str) -> None:
    good = [install(name, GOOD.replace("NAME", f"lab_{name}")) for name in ("a_good", "z_good")]
    plugins = load_plugins([install("bad", text), *good])
    broken = {each.name: str(each.reason) for each in plugins.broken}
    assert loaded(plugins) == ["a_good", "z_good"]
    assert broken.keys() == {"bad"}
    assert broken["bad"].startswith(f"plugin bad is not loaded: {reason}")
    assert not plugins.manager.has_plugin("bad")


def test_a_plugin_whose_routes_fail_is_broken_from_then_on_and_the_others_are_served(install: Install) -> None:
    routes = "from hub import hookimpl\n@hookimpl\ndef register_routes(hub):\n    return "
    plugins = load_plugins([install("a", routes + "[hub]"), install("b", routes + "1 / 0")])
    assert plugins.routes("the hub") == {"a": ["the hub"]}
    assert [str(each.reason) for each in plugins.broken] == [
        "plugin b is not loaded: ZeroDivisionError: division by zero"
    ]


def test_asking_what_a_plugin_may_use_is_cheap() -> None:
    program = "import sys, hub; print([name for name in ('pydantic', 'sqlalchemy', 'pluggy') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
