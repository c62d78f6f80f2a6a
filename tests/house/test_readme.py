"""What the README promises a newcomer is what CI runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
READMES = ["README.md", "README.zh-CN.md"]


def _commands(readme: str) -> list[str]:
    return re.findall(r"^```sh\n([^\n]+)\n```$", (ROOT / readme).read_text(), re.MULTILINE)


@pytest.mark.parametrize("readme", READMES)
def test_the_readme_opens_with_two_commands_one_line_each(readme: str) -> None:
    demo, tests = _commands(readme)[:2]
    assert demo.endswith("hub demo")
    assert tests.endswith("-m pytest")


@pytest.mark.parametrize("readme", READMES)
def test_ci_runs_the_test_command_as_it_stands_in_the_readme(readme: str) -> None:
    assert _commands(readme)[1] in (ROOT / ".ci" / "run").read_text().splitlines()


@pytest.mark.parametrize("command", [0, 1])
def test_both_readmes_name_the_same_commands(command: int) -> None:
    assert _commands(READMES[0])[command] == _commands(READMES[1])[command]


def test_the_commands_need_nothing_but_python() -> None:
    for command in _commands("README.md")[:2]:
        programs = [step.split()[0] for step in command.split(" && ")]
        assert programs[0] == "python3"
        assert all(program.startswith(".venv/bin/") for program in programs[1:])


def test_every_changelog_fragment_is_named_for_its_issue_and_kind() -> None:
    fragments = {path.name for path in (ROOT / "changelog.d").iterdir()} - {"README.md"}
    assert fragments
    assert not [name for name in fragments if not re.fullmatch(r"\d+\.(new|change|fix|removed)(\.\d+)?\.md", name)]
