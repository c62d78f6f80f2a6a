"""What a site has written about identity is in force, and what is wrong with it is told with its line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from hub import control
from hub.app import App
from hub.config import HubConfig, Mistakes, SurvivorshipFile, load
from hub.identity.rules import mistakes, model_of, rules_of
from hub.identity.scoring import DEFAULT
from hub.identity.scoring.storing import dump
from tests.hub.test_app import config as config  # noqa: PLC0414 - a fixture
from tests.hub.test_app import plugins


def written(config: HubConfig, name: str, text: str) -> Path:
    path = config.directory / "identity" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


def again(config: HubConfig) -> HubConfig:
    return load(config.directory, plugins().adapters())


def test_without_files_it_is_what_is_shipped(config: HubConfig) -> None:
    assert rules_of(config).model is DEFAULT
    assert config.survivorship == SurvivorshipFile()


def test_the_sites_thresholds_take_the_place_of_the_models(config: HubConfig) -> None:
    hub = config.directory / "hub.toml"
    hub.write_text(hub.read_text() + "\n[identity]\nlink_bits = 9\n")
    limits = rules_of(again(config)).model.thresholds
    assert (limits.link, limits.ask, limits.margin) == (9.0, DEFAULT.thresholds.ask, DEFAULT.thresholds.margin)
    assert rules_of(again(config)).model.version != DEFAULT.version


def test_among_how_many_people_one_is_looked_for_is_the_sites(config: HubConfig) -> None:
    hub = config.directory / "hub.toml"
    hub.write_text(hub.read_text() + "\n[identity]\nresidents = 1_600_000\n")
    model = rules_of(again(config)).model
    assert model.population == 1_600_000
    assert model.prior == pytest.approx(DEFAULT.prior - 3)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("link_bits = 1\nask_bits = 2", "identity.ask_bits: must not be more than link_bits"),
        ("link_bits = 'high'", 'identity.link_bits: must be "model" or a number of bits between -100 and 100'),
        ("link_bits = nan", 'identity.link_bits: must be "model" or a number of bits between -100 and 100'),
        ("ask_bits = -inf", 'identity.ask_bits: must be "model" or a number of bits between -100 and 100'),
        ("margin_bits = inf", 'identity.margin_bits: must be "model" or a number of bits between -100 and 100'),
        ("margin_bits = -3", "identity.margin_bits: must not be less than 0"),
        ("residents = 1", 'identity.residents: must be "model" or a number of people, at least 2'),
        ("link = 1", "identity.link: there is no such key; did you mean link_bits?"),
    ],
)
def test_thresholds_that_cannot_be_are_told(config: HubConfig, text: str, sentence: str) -> None:
    hub = config.directory / "hub.toml"
    hub.write_text(hub.read_text() + f"\n[identity]\n{text}\n")
    with pytest.raises(Mistakes) as found:
        again(config)
    assert sentence in str(found.value)


def test_weights_that_were_learned_are_in_force_and_read_once(config: HubConfig) -> None:
    written(config, "weights.toml", dump(DEFAULT).replace("exact = 16.1", "exact = 12.5"))
    model = model_of(config)
    assert model.weights["name"]["exact"] == 12.5
    assert model_of(config) is model


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("population = 1", 1, "population: must be a number of people, at least 2"),
        ("[weights.name]\n\nexact = 'much'", 3, "weights.name.exact: must be a number between -100 and 100"),
        ("\n[weights.nose]\nexact = 1", 2, "weights.nose: there is no such key"),
        ("population = ", 1, "is not TOML here"),
        ("[thresholds]\nlink = -6.0\nask = -2.0", 3, "thresholds.ask: ask must not be more than link"),
        ("[thresholds]\nlink = -6.0", 2, "thresholds.link: ask must not be more than link"),
        ("[thresholds]\nmargin = -3", 2, "thresholds.margin: must not be less than 0"),
        ("[thresholds]\nhousehold = -1", 2, "thresholds.household: must not be less than 0"),
        ("[thresholds]\nlink = nan", 2, "thresholds.link: must be a number between -100 and 100"),
        ("[weights.name]\nexact = inf", 2, "weights.name.exact: must be a number between -100 and 100"),
        ("[frequency]\naverage = nan", 2, "frequency.average: must be a number between -100 and 100"),
        ('[frequency.surnames]\n"王" = nan', 2, "frequency.surnames.王: must be a number between -100 and 100"),
    ],
)
def test_what_is_wrong_with_the_weights_is_told_with_its_line(
    config: HubConfig, text: str, line: int, sentence: str
) -> None:
    path = written(config, "weights.toml", text)
    (found,) = mistakes(config)
    assert (found.file, found.line) == (path, line)
    assert sentence in found.render()


@pytest.mark.parametrize(
    ("ours", "learned", "key"),
    [
        ("ask_bits = 7", "", "identity.ask_bits"),
        ("link_bits = -6", "", "identity.link_bits"),
        ("ask_bits = 3", "[thresholds]\nlink = 2", "identity.ask_bits"),
    ],
)
def test_thresholds_that_cannot_be_beside_the_models_are_told(
    config: HubConfig, ours: str, learned: str, key: str
) -> None:
    hub = config.directory / "hub.toml"
    hub.write_text(hub.read_text() + f"\n[identity]\n{ours}\n")
    written(config, "weights.toml", learned)
    (found,) = mistakes(again(config))
    assert (found.file, found.key) == (hub, key)
    assert found.line == len(hub.read_text().splitlines())


@pytest.fixture
def app(config: HubConfig) -> Iterator[App]:
    app = App(config, plugins(), ("listen", "work"))
    app.start()
    yield app
    app.stop()


def reload(config: HubConfig) -> Any:
    connection = control.connect(config.directory)
    assert connection
    with closing(connection):
        return control.ask(connection, "reload", {"feeds": ()})


@pytest.mark.usefixtures("app")
def test_a_reload_takes_new_rules_into_force_and_says_so(config: HubConfig) -> None:
    assert reload(config)["others"] == []
    written(config, "survivorship.toml", '[telecom]\norder = ["verified", "newest"]\n')
    assert reload(config)["others"] == ["identity"]
    written(config, "weights.toml", dump(DEFAULT).replace("exact = 16.1", "exact = 12.5"))
    assert reload(config)["others"] == ["identity"]
    assert reload(config)["others"] == []


@pytest.mark.usefixtures("app")
def test_a_reload_with_a_mistake_leaves_all_as_it_was(config: HubConfig) -> None:
    written(config, "survivorship.toml", '[telecom]\norder = ["newst"]\n')
    (mistake,) = reload(config)["mistakes"]
    assert (mistake["line"], mistake["key"]) == (2, "telecom.order.0")
    written(config, "survivorship.toml", "")
    written(config, "weights.toml", "population = 0")
    (mistake,) = reload(config)["mistakes"]
    assert mistake["key"] == "population"
