"""``Patient/$merge`` (FHIR R5, Patient-merge) and ``Patient/$unmerge``: two persons are one, and are not after all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hub import Hub, HubError, Json, Query, Refused, Text, View, by_number, decode_json, encode_json
from plugins.fhir.asking import Answer, Asked
from plugins.fhir.faults import Fault, fault_of
from plugins.fhir.parameters import Given, parameters
from plugins.fhir.render import CONTENT_TYPE, PRIVATE, issue

SOURCE, TARGET = "source-patient", "target-patient"
MERGE = (SOURCE, f"{SOURCE}-identifier", TARGET, f"{TARGET}-identifier", "result-patient", "preview", "reason",
         "overrule")  # fmt: skip
UNMERGE = (SOURCE, TARGET, "decision", "preview", "reason")
_MERGED = Text("merged: {resources} resources and {claims} descriptions of the person moved")
_TAKEN_BACK = {
    "same": Text("parted: {resources} resources and {claims} descriptions of the person moved"),
    "not_same": Text("no longer kept apart: {resources} resources and {claims} descriptions of the person moved"),
    "correct": Text("a correction is taken back: {resources} resources and {claims} descriptions of the person moved"),
}
_OTHER = Text("a decision is taken back: {resources} resources and {claims} descriptions of the person moved")
_WOULD = Text("nothing was done; {resources} resources and {claims} descriptions of the person would move")
_DECISION = Text("decision {decision}; it can be taken back with $unmerge, or hub identity undo")
_INSTEAD = Text("decision {undone} is taken back; decision {decision} keeps them apart, and can be taken back with "
                "$unmerge, or hub identity undo")  # fmt: skip
_RESTORE = Text("decision {decision} is taken back; hub identity restore puts it in force again")


async def merge(hub: Hub, asked: Asked) -> Answer:
    """The source leads to the target from now on; nothing is lost, and ``$unmerge`` takes it back."""
    given = Given.of(asked, MERGE)
    return await _done(hub, asked, given, lambda view: _merging(view, given, asked))


async def unmerge(hub: Hub, asked: Asked) -> Answer:
    """What joins the two (or the decision that is named) holds no longer, and no rule makes it again."""
    given = Given.of(asked, UNMERGE)
    return await _done(hub, asked, given, lambda view: _parting(view, given, asked))


Wanted = tuple[str, Json, str]
"""The operation, its arguments, and of whom the result shows."""


async def _done(hub: Hub, asked: Asked, given: Given, wanted: Callable[[View], Wanted]) -> Answer:
    preview, why = given.flag("preview"), given.one("reason", "valueString") or f"asked for by {asked.client.name}"
    perform = hub.perform
    if perform is None:
        raise Fault(503, "nothing can be changed just now")

    def work() -> tuple[Json, Json | None]:
        with hub.records.view() as view:
            operation, arguments, shown = wanted(view)
        try:
            done = perform(operation, arguments | {"why": str(why), "preview": preview}, asked.client.name)
        except HubError as error:
            raise _refused(error) from None
        with hub.records.view() as view:
            stored = view.read("Patient", view.person_of(shown) or shown) if asked.client.may("r", "Patient") else None
        return done, decode_json(stored.body) if stored else None

    done, patient = await hub.in_thread(work)
    persons = {person for moved in done["persons"].values() for person in moved.values()}
    body = encode_json(_answer(asked, done, patient))
    return Answer(200, body, (CONTENT_TYPE, PRIVATE), tuple(sorted(persons)), int(done["resources"]))


def _answer(asked: Asked, done: Json, patient: Json | None) -> Json:
    decision = done["instead"] or done["decision"]
    said = [_became(done)] if decision is None else [_became(done), _way_back(done)]
    issues = [issue("information", "informational", text) for text in said]
    parts = [
        {"name": "input", "resource": decode_json(asked.body)},
        {"name": "outcome", "resource": {"resourceType": "OperationOutcome", "issue": issues}},
    ]
    if patient is not None:
        parts.append({"name": "result", "resource": patient})
    if decision is not None:
        parts.append({"name": "decision", "valueInteger": decision})
    return parameters(*parts)


def _became(done: Json) -> Text:
    """What was done, as what it is: who takes back that two are not the same has parted nobody."""
    undone = done["undone"]
    text = _WOULD if done["preview"] else _TAKEN_BACK.get(undone, _OTHER) if undone else _MERGED
    return Text(text.msgid, {"resources": done["resources"], "claims": len(done["persons"])})


def _way_back(done: Json) -> Text:
    if done["instead"]:
        return Text(_INSTEAD.msgid, {"undone": done["decision"], "decision": done["instead"]})
    return Text((_RESTORE if done["undone"] else _DECISION).msgid, {"decision": done["decision"]})


def _refused(error: HubError) -> Fault:
    """409 where a person's decision stands against it, 422 where it makes no sense."""
    fault = fault_of(error)
    if isinstance(error, Refused):
        fault.status = 409 if "decisions" in error.text.args else 422
        fault.code = "conflict" if fault.status == 409 else "business-rule"
    return fault


def _merging(view: View, given: Given, asked: Asked) -> Wanted:
    source, target = _patient(view, given, SOURCE, asked), _patient(view, given, TARGET, asked)
    return "merge", {"one": target, "other": source, "overrule": given.flag("overrule")}, target


def _parting(view: View, given: Given, asked: Asked) -> Wanted:
    decision = given.one("decision", "valueInteger", "valuePositiveInt", "valueString")
    if decision is not None:
        if not str(decision).isdecimal():
            raise Fault.within(400, Text("a decision is named by its number"), given.place("decision"))
        return "undo", {"decision": int(decision)}, ""
    source, target = _patient(view, given, SOURCE, asked), _patient(view, given, TARGET, asked)
    found = view.joined_by(source, target)
    if not found:
        text = Text("no decision joins these two directly: read one of them, or name the decision")
        raise Fault.within(422, text, given.place(SOURCE), "business-rule")
    return "undo", {"decision": found[-1]}, target


def _patient(view: View, given: Given, name: str, asked: Asked) -> str:
    """The Patient id that is meant, by reference or by numbers, all of which must be that person's."""
    reference = given.one(name, "valueReference")
    numbers = given.values(f"{name}-identifier", "valueIdentifier")
    place = given.place(name, f"{name}-identifier")
    named = _named(reference, asked)
    if named and view.person_of(named) is None:
        raise Fault.within(422, Text("there is no such patient: {name}", {"name": name}), place, "not-found")
    holders = [_holders(view, number) for number in numbers]
    persons = set.intersection(*holders) if holders else set()
    if named and (not holders or view.person_of(named) in persons):
        return named
    if not named and len(persons) == 1:
        return persons.pop()
    text = Text("{name} must lead to exactly one patient, by reference or by numbers that are all theirs",
                {"name": name})  # fmt: skip
    raise Fault.within(422 if named or numbers else 400, text, place, "invalid")


def _named(reference: Any, asked: Asked) -> str:
    written = reference.get("reference", "") if isinstance(reference, dict) else ""
    type_, _, id_ = str(written).removeprefix(f"{asked.base}/").partition("/")
    return id_ if type_ == "Patient" else ""


def _holders(view: View, number: Any) -> set[str]:
    system, value = (str(number.get(part) or "") if isinstance(number, dict) else "" for part in ("system", "value"))
    if not value:
        return set()
    return {row.id for row in view.search(Query("Patient", (by_number("Patient", value, system),)), 3).rows}
