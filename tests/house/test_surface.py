"""What plugins may use is what we think it is."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re

import pytest

import hub
import hub.adapter
import hub.errors
import hub.model

INTERNAL = {"Collision"}
"""Errors that only the hub itself raises and catches."""


def test_the_public_names_are_there_once_constants_first_functions_last() -> None:
    assert hub.__all__ == sorted(set(hub.__all__), key=lambda name: (not name.isupper(), name.islower(), name))


@pytest.mark.parametrize("name", hub.__all__)
def test_every_public_name_can_be_imported(name: str) -> None:
    assert getattr(hub, name) is not None


def test_a_name_that_is_not_offered_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'journal_of_nobody'"):
        _ = hub.journal_of_nobody


@pytest.mark.parametrize("module", [hub.adapter, hub.errors])
def test_everything_an_adapter_meets_is_offered(module: object) -> None:
    own = {
        name
        for name, value in vars(module).items()
        if inspect.isclass(value) and value.__module__ == getattr(module, "__name__", "") and not name.startswith("_")
    }
    assert own - set(hub.__all__) - INTERNAL == set()


def test_the_whole_model_is_offered() -> None:
    assert set(hub.model.__all__) <= set(hub.__all__)


def test_the_tree_of_errors_is_the_classes() -> None:
    assert hub.errors.__doc__ is not None
    drawn: dict[str, str] = {}
    path: list[str] = []
    for line in hub.errors.__doc__.splitlines():
        if found := re.match(r"([│├└─ ]*)(\w+)(?: {2,}|$)", line):
            path[len(found[1]) // 4 :] = [found[2]]
            drawn[found[2]] = path[-2] if len(path) > 1 else "Exception"
    classes = {
        name: value.__mro__[1].__name__
        for name, value in vars(hub.errors).items()
        if inspect.isclass(value) and issubclass(value, Exception)
    }
    assert drawn == classes


def test_every_module_of_the_hub_can_be_imported_and_says_what_it_is_for() -> None:
    for found in pkgutil.walk_packages(hub.__path__, "hub."):
        if "__main__" not in found.name and ".versions." not in found.name and not found.name.endswith(".env"):
            assert importlib.import_module(found.name).__doc__, found.name
