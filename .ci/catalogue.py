"""Brings hub/locale up to date: gathers what the code says, keeps its translations, compiles them.

``python .ci/catalogue.py`` rewrites hub.po (new sentences have an empty translation) and hub.mo, and names what lacks
a translation; it ends with 1 when something does.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from hub import errors

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "hub" / "locale" / "zh_CN" / "LC_MESSAGES"
PO, MO = FOLDER / "hub.po", FOLDER / "hub.mo"
PARTS = ("hub", "plugins")
ERRORS = {name for name, value in vars(errors).items() if isinstance(value, type)}
SAYING = {"Text": 0, "_": 0, "Verb": 1, "ignores": 2, "_tell": 3} | dict.fromkeys(ERRORS, 0)
"""What says something when it is called, and which of its arguments is the sentence."""
EXPLAINED, RAISING = {"settings.py", "models.py"}, {"ValueError": 0}
"""Where settings are: what a ValueError says there, and the help of a key that is missing, is for IT staff."""

HEADER = "# 汇通 (Huitong) in Chinese; written by .ci/catalogue.py, translated by hand."
ABOUT: dict[str, Any] = {
    "locale": "zh_CN",
    "project": "huitong",
    "version": "0",
    "msgid_bugs_address": "issues of the project",
    "last_translator": "The Huitong founders",
    "language_team": "The Huitong founders",
    "creation_date": datetime(2026, 11, 21, tzinfo=UTC),
    "revision_date": datetime(2026, 11, 21, tzinfo=UTC),
}
"""The same each time, so that only sentences make a difference."""

CLICK = (
    "(env var: {env_var})",
    "Aborted!",
    "Commands",
    "Error: {message}",
    "Got unexpected extra argument ({args})",
    "Invalid value for {param_hint}: {message}",
    "Invalid value: {message}",
    "Missing argument",
    "Missing command.",
    "Missing option",
    "No such command {name!r}.",
    "No such option: {name}",
    "Option {name!r} requires an argument.",
    "Options",
    "Show this message and exit.",
    "Try '{command} {option}' for help.",
    "Usage:",
    "default: {default}",
    "required",
    "{name}: {message}",
    "{value!r} is not a valid {number_type}.",
    "{value} is not in the range {range}.",
)
"""Phrases of click that a user of ours sees."""

SYSTEM = (
    "Address already in use",
    "Cannot assign requested address",
    "Connection refused",
    "File exists",
    "File name too long",
    "Input/output error",
    "Is a directory",
    "No space left on device",
    "No such file or directory",
    "Not a directory",
    "Operation not permitted",
    "Permission denied",
    "Read-only file system",
)
"""What Linux says when a file or an address cannot be had."""


def main() -> int:
    catalogue = Catalog(header_comment=HEADER, fuzzy=False, **ABOUT)
    before = read_po(PO.open("rb"), locale="zh_CN") if PO.exists() else Catalog()
    for msgid, places in sorted(gathered().items()):
        known = before.get(msgid)
        catalogue.add(msgid, known.string if known else "", locations=sorted((place, None) for place in places))
    with PO.open("wb") as file:
        write_po(file, catalogue, width=120, omit_header=False, sort_output=False)
    with MO.open("wb") as file:
        write_mo(file, catalogue)
    missing = [message.id for message in catalogue if message.id and not message.string]
    sys.stdout.writelines(f"{msgid}\n" for msgid in missing)
    return 1 if missing else 0


def gathered() -> dict[str, set[str]]:
    """Every sentence, and the modules that say it."""
    found: dict[str, set[str]] = {phrase: {"click"} for phrase in CLICK} | {phrase: {"system"} for phrase in SYSTEM}
    trees = {module: ast.parse(module.read_text()) for part in PARTS for module in sorted((ROOT / part).rglob("*.py"))}
    words = SAYING | {name: place for tree in trees.values() for name, place in sayers(tree)}
    for module, tree in trees.items():
        known = words | (RAISING if module.name in EXPLAINED else {})
        helped = helps(tree) if module.name in EXPLAINED else ()
        for sentence in (*sentences(tree, known), *helped):
            found.setdefault(sentence, set()).add(str(module.relative_to(ROOT)))
    return found


def sayers(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """What takes a ``msgid``: functions by their name, errors by their class and those derived from it."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) if name != "__init__" and (place := place_of_msgid(node)) is not None:
                yield name, place
            case ast.ClassDef(name=name, body=body):
                makers = [one for one in body if isinstance(one, ast.FunctionDef) and one.name == "__init__"]
                if makers and (place := place_of_msgid(makers[0])):
                    yield name, place - 1
                elif any(name_of(base) in ERRORS for base in node.bases):
                    yield name, 0


def place_of_msgid(function: ast.FunctionDef) -> int | None:
    arguments = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    return arguments.index("msgid") if "msgid" in arguments else None


def sentences(tree: ast.Module, words: dict[str, int]) -> Iterator[str]:
    constants = dict(named_strings(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and len(node.args) > (place := words.get(name_of(node.func), 99)):
            match node.args[place]:
                case ast.Constant(value=str(sentence)):
                    yield sentence
                case ast.Name(id=name) if name in constants:
                    yield constants[name]


def helps(tree: ast.Module) -> Iterator[str]:
    """What stands under each key that has no default."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            for key, text in pairwise(node.body):
                match key, text:
                    case ast.AnnAssign(value=None), ast.Expr(value=ast.Constant(value=str(sentence))):
                        yield " ".join(sentence.split())


def named_strings(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(sentence))):
                yield name, sentence


def name_of(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


if __name__ == "__main__":
    sys.exit(main())
