"""One kind of message, and what it says of a visit and of who is who."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Event:
    """One kind of message.

    What it says of a visit are its first members, what it says of numbers the last ones: which fields of MRG name what
    came before, by the tables of HL7 v2.5.1, chapter 3.
    """

    name: str
    """Its meaning, in words."""
    visit: str = ""
    """The Encounter's status after it; empty where the message does not say (then class and discharge time do)."""
    before: str = ""
    """The status it ends, for the Encounter's history."""
    ends: bool | None = None
    """True: the visit is over; False: it is open again, and an earlier end is deleted."""
    mentions: bool = False
    """The visit is only mentioned: what is known of it from others stands."""
    pending: bool = True
    """False: the place PV1-42 names is no longer waited for."""
    appointment: str = ""
    """The Appointment's status after it."""
    states: bool = False
    """The event has the last word on the appointment, whatever its filler status says."""
    referral: str = ""
    """The ServiceRequest's status after it, of a referral; empty where RF1-1 says."""
    account: str = ""
    """The Account's status after it; empty where it is only mentioned."""
    about: Literal["person", "bed", "staff", "places", "slot"] = "person"
    """Whom or what it is about; all but the first come without a PID."""
    merges: tuple[int, ...] = ()
    """MRG fields that name a person's number to retire, the first that is there; numbers change so too."""
    renames: bool = False
    """Only a number changes, not who bears it: one of another kind than the person is known by retires nobody."""
    accounts: bool = False
    """MRG-3 is an older number of the account in PID-18."""
    visits: int = 0
    """The MRG field with an older number of the visit: 5 for PV1-19, 6 for PV1-50."""
    optional: bool = False
    """MRG, and each of its numbers, may be missing."""
    moves: Literal["", "numbers", "account", "visit"] = ""
    """What belongs to the person in PID, not to the one in MRG."""
    pairs: Literal["", "swap", "link", "unlink"] = ""
    """It is about two people, each with a PID."""
    deletes: Literal["", "visit", "person", "problems"] = ""
    """What was entered in error."""
    orders: bool = False
    """Its OBR asks for something: there is a report only where it says so."""
    specimen_first: bool = False
    """Orders stand below the specimen they are done on, and results below either."""
    order_first: bool = False
    """An ORC stands behind the order it speaks of."""
    charges: bool = False
    """An ORC is of an order that is charged for."""
    medicines: bool = False
    """A dose (RXA) is of a medicine; else of a vaccine."""
    document: str = ""
    """The DocumentReference's status after it; the results behind a TXA are then its text."""
    relates: str = ""
    """What the document is to the one TXA-13 names."""

    @property
    def prior(self) -> bool:
        """Whether it makes no sense without MRG."""
        return bool(self.merges or self.accounts or self.visits or self.moves)
