"""ADT: admissions, transfers, discharges, and who is who."""

from __future__ import annotations

from plugins.hl7.events.event import Event

_LIST, _EXTERNAL, _ALTERNATE = (1, 4, 2), (4, 1, 2), (2, 1, 4)
"""MRG fields with a person's numbers: the list (PID-3), the external one (PID-2), the alternate one (PID-4) first."""

_VISITS = {
    "A01": Event("a patient is admitted", "in-progress"),
    "A02": Event("a patient is moved to another place", "in-progress"),
    "A03": Event("a patient is discharged, the visit ends", "finished", "in-progress", ends=True),
    "A04": Event("a patient is registered: outpatient or emergency"),
    "A05": Event("a patient is expected: pre-admission", "planned"),
    "A06": Event("an outpatient becomes an inpatient", "in-progress", accounts=True, visits=5, optional=True),
    "A07": Event("an inpatient becomes an outpatient", "in-progress", accounts=True, visits=5, optional=True),
    "A08": Event("what is known of patient and visit is updated"),
    "A09": Event("a patient leaves a place, on the way to another"),
    "A10": Event("a patient arrives at a place"),
    "A11": Event("an admission is cancelled", "cancelled", "in-progress"),
    "A12": Event("a transfer is cancelled: the patient is where PV1-3 says", "in-progress"),
    "A13": Event("a discharge is cancelled, the visit is open again", "in-progress", "finished", ends=False),
    "A14": Event("an admission is planned", "planned"),
    "A15": Event("a transfer is planned, to the place in PV1-42", "in-progress"),
    "A16": Event("a discharge is planned, for the time in PV2-9", "in-progress"),
    "A21": Event("a patient goes on leave of absence", "onleave", "in-progress"),
    "A22": Event("a patient returns from leave of absence", "in-progress", "onleave"),
    "A23": Event("a visit was entered in error", "entered-in-error", deletes="visit"),
    "A25": Event("a planned discharge is cancelled", "in-progress"),
    "A26": Event("a planned transfer is cancelled", "in-progress", pending=False),
    "A27": Event("a planned admission is cancelled", "cancelled", "planned"),
    "A32": Event("an arrival is cancelled: the patient is where PV1-3 says"),
    "A33": Event("a departure is cancelled: the patient is where PV1-3 says"),
    "A38": Event("a pre-admission is cancelled", "cancelled", "planned"),
    "A52": Event("a leave of absence is cancelled", "in-progress", "onleave"),
    "A53": Event("a return from leave of absence is cancelled", "onleave", "in-progress"),
    "A54": Event("the attending doctor changes"),
    "A55": Event("a change of the attending doctor is cancelled: it is whom PV1-7 names"),
    "A61": Event("the consulting doctor changes"),
    "A62": Event("a change of the consulting doctor is cancelled: it is whom PV1-9 names"),
}
"""What happens to a visit."""

_PEOPLE = {
    "A17": Event("two patients change places, each with a PID and PV1", "in-progress", pairs="swap"),
    "A20": Event("a bed's status changes, without a patient", about="bed"),
    "A24": Event("two numbers are one person, both stay in use", mentions=True, pairs="link"),
    "A28": Event("a person is added"),
    "A29": Event("a person was entered in error", mentions=True, deletes="person"),
    "A31": Event("what is known of a person is updated"),
    "A37": Event("two numbers are not one person after all", mentions=True, pairs="unlink"),
    "A60": Event("what is known of allergies is updated", mentions=True),
}

_MERGES = {
    "A18": Event("patients are merged: MRG-1 is retired for PID-3", mentions=True, merges=_LIST),
    "A30": Event("persons are merged: MRG-1 is retired for PID-3", mentions=True, merges=_LIST),
    "A34": Event("patients are merged, numbers only: MRG-1 is retired for PID-3", mentions=True, merges=_LIST),
    "A35": Event("accounts are merged, numbers only: MRG-3 is retired for PID-18", mentions=True, accounts=True),
    "A36": Event(
        "patients and accounts are merged: MRG-1 and MRG-3 are retired for PID-3 and PID-18",
        mentions=True,
        merges=_LIST,
        accounts=True,
    ),
    "A39": Event("persons are merged: MRG-4 is retired for PID-2", mentions=True, merges=_EXTERNAL),
    "A40": Event("patients are merged: MRG-1 is retired for PID-3", mentions=True, merges=_LIST),
    "A41": Event("accounts are merged: MRG-3 is retired for PID-18", mentions=True, accounts=True),
    "A42": Event("visits are merged: MRG-5 is retired for PV1-19", mentions=True, visits=5),
}

_CHANGES = {
    "A46": Event("a person's number changes: MRG-4 becomes PID-2", mentions=True, merges=_EXTERNAL, renames=True),
    "A47": Event("a patient's number changes: MRG-1 becomes PID-3", mentions=True, merges=_LIST, renames=True),
    "A48": Event("an alternate number changes: MRG-2 becomes PID-4", mentions=True, merges=_ALTERNATE, renames=True),
    "A49": Event("an account's number changes: MRG-3 becomes PID-18", mentions=True, accounts=True),
    "A50": Event("a visit's number changes: MRG-5 becomes PV1-19", mentions=True, visits=5),
    "A51": Event("a visit's alternate number changes: MRG-6 becomes PV1-50", mentions=True, visits=6),
}

_MOVES = {
    "A43": Event("a patient's numbers belong to another person: from MRG to PID", mentions=True, moves="numbers"),
    "A44": Event("an account belongs to another patient: from MRG-1 to PID-3", mentions=True, moves="account"),
    "A45": Event("a visit belongs to another patient: from MRG-1 to PID-3", mentions=True, moves="visit"),
}

ADT: dict[tuple[str, str], Event] = {
    ("ADT", trigger): event
    for trigger, event in sorted({**_VISITS, **_PEOPLE, **_MERGES, **_CHANGES, **_MOVES}.items())
}
