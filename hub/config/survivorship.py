"""The keys of identity/survivorship.toml: what counts first where several feeds describe one person."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import BeforeValidator, Field, model_validator

from hub.adapter import Settings
from hub.config.files import File
from hub.config.mistakes import nearest
from hub.language import Text

Criterion = Literal["not retired", "preferred", "verified", "exact", "agreed", "newest"]
CRITERIA: tuple[Criterion, ...] = get_args(Criterion)
_USUAL: tuple[Criterion, ...] = ("not retired", "preferred", "verified", "newest")
_EXACT: tuple[Criterion, ...] = ("not retired", "preferred", "exact", "verified", "newest")
_NEWEST: tuple[Criterion, ...] = ("not retired", "preferred", "newest", "verified")


def _criterion(value: object) -> object:
    if value in CRITERIA:
        return value
    known = {"given": f'"{value}"', "choices": ", ".join(f'"{one}"' for one in CRITERIA)}
    if near := nearest(str(value), CRITERIA):
        raise ValueError(Text("{given} is not known; did you mean {near}?", known | {"near": f'"{near}"'}))
    raise ValueError(Text("{given} is not known; write one of {choices}", known))


Order = tuple[Annotated[Criterion, BeforeValidator(_criterion)], ...]


class Survival(Settings):
    """Which value wins."""

    order: Order = _USUAL
    """What counts first; what it leaves equal, the next one decides, and at last the message that came last."""
    prefer: list[str] = Field(default_factory=list)
    """Feeds, the best first, for "preferred": those that are not named come after them."""

    @model_validator(mode="after")
    def _says_something(self) -> Survival:
        if not self.order:
            known = ", ".join(f'"{one}"' for one in CRITERIA)
            raise ValueError(Text("must name at least one of {choices}", {"choices": known}), "order")
        if self.prefer and "preferred" not in self.order:
            raise ValueError(Text('has no effect: "preferred" is not in the order'), "prefer")
        return self


class ExactSurvival(Survival):
    """Which value wins; what says more comes first."""

    order: Order = _EXACT
    """What counts first; what it leaves equal, the next one decides, and at last the message that came last."""


class NewestSurvival(Survival):
    """Which value comes first; all are kept."""

    order: Order = _NEWEST
    """What counts first; what it leaves equal, the next one decides, and at last the message that came last."""


class SurvivorshipFile(Settings):
    """identity/survivorship.toml"""

    identifier: Survival = Survival()
    name: Survival = Survival()
    gender: ExactSurvival = ExactSurvival()
    birthDate: ExactSurvival = ExactSurvival()  # noqa: N815 - as FHIR writes it
    deceased: Survival = Survival()
    telecom: NewestSurvival = NewestSurvival()
    address: NewestSurvival = NewestSurvival()
    others: Survival = Survival()
    """Every other element of the Patient."""


def read_survivorship(file: File, feeds: list[str]) -> SurvivorshipFile | None:
    """None, with mistakes in ``file``, when it cannot be used. The feeds it prefers must have files."""
    found = None if file.content is None else file.read(SurvivorshipFile, file.content)
    for element in SurvivorshipFile.model_fields if found else ():
        for name in getattr(found, element).prefer:
            if name in feeds:
                continue
            if near := nearest(name, feeds):
                text = Text("there is no feed {given}; did you mean {near}?", {"given": name, "near": near})
            else:
                known = {"given": name, "known": ", ".join(feeds) or "-"}
                text = Text("there is no feed {given}; the feeds are {known}", known)
            file.wrong(text, element, "prefer")
    return found
