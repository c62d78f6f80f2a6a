"""What a site has decided about identity: whose word counts first, what agreement is worth, what wins."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from hub.config import HubConfig, IdentityConfig, Mistake, Mistakes
from hub.config.files import opened
from hub.config.mistakes import at
from hub.identity.scoring.model import DEFAULT, Model, Thresholds
from hub.identity.scoring.storing import read
from hub.language import Text
from hub.records import survivorship
from hub.records.survivorship import Survivorship, survivorship_of

WEIGHTS = Path("identity", "weights.toml")
_REASONS = {
    "a table": Text("must be a table of keys"),
    "nothing has this name": Text("there is no such key"),
    "a number between -100 and 100": Text("must be a number between -100 and 100"),
    "a share between 0 and 1": Text("must be a share between 0 and 1"),
    "a number of people, at least 2": Text("must be a number of people, at least 2"),
    "ask is more than link": Text("ask must not be more than link"),
    "less than 0": Text("must not be less than 0"),
}
"""What the reader of weights says, for people."""


@dataclass(frozen=True, slots=True)
class Rules:
    verified: frozenset[str] = frozenset()
    """Feeds whose names, birth dates and numbers were checked against the person's papers."""
    model: Model = DEFAULT
    survivorship: Survivorship = survivorship.DEFAULT


def rules_of(config: HubConfig) -> Rules:
    """Raises ``Mistakes`` when the site's weights cannot be used, or not with its thresholds."""
    model = model_of(config)
    limits = thresholds_of(config.identity, model.thresholds)
    if limits.ask > limits.link:
        name = "ask_bits" if isinstance(config.identity.ask_bits, float) else "link_bits"
        text = Text("asked about from {ask} bits on, joined from {link}: the first must not be more",
                    {"ask": limits.ask, "link": limits.link})  # fmt: skip
        raise Mistakes([at(config.directory / "hub.toml", ("identity", name), text)])
    residents = config.identity.residents
    people = residents if residents != "model" else model.population
    if (limits, people) != (model.thresholds, model.population):
        model = replace(model, thresholds=limits, population=people)
    return Rules(config.verified, model, survivorship_of(config.survivorship))


def mistakes(config: HubConfig) -> list[Mistake]:
    """What is wrong with the files of identity that only these rules read."""
    try:
        rules_of(config)
    except Mistakes as error:
        return list(error.mistakes)
    return []


def model_of(config: HubConfig) -> Model:
    """The weights that the site has learned or written, else those that are shipped."""
    path = config.directory / WEIGHTS
    try:
        state = path.stat()
    except OSError:
        return DEFAULT
    return _read(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int, _size: int) -> Model:
    file = opened(path)
    if file.content is not None:
        try:
            return read(file.content)
        except ValueError as error:
            key, _, reason = str(error).rpartition(": ")
            file.wrong(_REASONS.get(reason, Text(reason)), *key.split("."))
    raise Mistakes(file.mistakes)


def thresholds_of(written: IdentityConfig, of_model: Thresholds) -> Thresholds:
    """What the site has written, else what the model says."""
    names = {"link": written.link_bits, "ask": written.ask_bits, "margin": written.margin_bits}
    return replace(of_model, **{name: bits for name, bits in names.items() if isinstance(bits, float)})
