"""Orders, results, medicines, vaccinations and documents."""

from __future__ import annotations

from plugins.hl7.events.event import Event

_WRONG = "entered-in-error"

CLINICAL: dict[tuple[str, str], Event] = {
    ("ORU", "R01"): Event("results", mentions=True),
    ("ORU", "R30"): Event("results at the bedside, for which an order is to be made", mentions=True),
    ("ORU", "R31"): Event("results at the bedside, for which an order is to be found", mentions=True),
    ("ORU", "R32"): Event("results at the bedside, ordered before", mentions=True),
    ("OUL", "R21"): Event("laboratory results", mentions=True),
    ("OUL", "R22"): Event("laboratory results, by specimen", mentions=True, specimen_first=True, order_first=True),
    ("OUL", "R23"): Event("laboratory results, by container", mentions=True, specimen_first=True, order_first=True),
    ("OUL", "R24"): Event("laboratory results, by order", mentions=True, order_first=True),
    ("ORM", "O01"): Event("an order", mentions=True, orders=True),
    ("OML", "O21"): Event("a laboratory order", mentions=True, orders=True),
    ("OML", "O33"): Event("laboratory orders, by specimen", mentions=True, orders=True, specimen_first=True),
    ("OML", "O35"): Event("laboratory orders, by container", mentions=True, orders=True, specimen_first=True),
    ("OMG", "O19"): Event("a clinical order", mentions=True, orders=True),
    ("OMP", "O09"): Event("a medicine is ordered", mentions=True),
    ("RDE", "O01"): Event("a medicine order, as the pharmacy encoded it", mentions=True),
    ("RDE", "O11"): Event("a medicine order, as the pharmacy encoded it", mentions=True),
    ("RDE", "O25"): Event("a refill is authorized", mentions=True),
    ("RDS", "O01"): Event("a medicine is dispensed", mentions=True),
    ("RDS", "O13"): Event("a medicine is dispensed", mentions=True),
    ("RGV", "O15"): Event("a medicine is to be given", mentions=True),
    ("RAS", "O01"): Event("a medicine was given", mentions=True, medicines=True),
    ("RAS", "O17"): Event("a medicine was given", mentions=True, medicines=True),
    ("MDM", "T01"): Event("a document is announced", mentions=True, orders=True, document="current"),
    ("MDM", "T02"): Event("a document", mentions=True, orders=True, document="current"),
    ("MDM", "T03"): Event("a document's status changes", mentions=True, orders=True, document="current"),
    ("MDM", "T04"): Event(
        "a document's status changes, with its content", mentions=True, orders=True, document="current"
    ),
    ("MDM", "T05"): Event(
        "an addendum to the document in TXA-13 is announced",
        mentions=True,
        orders=True,
        document="current",
        relates="appends",
    ),
    ("MDM", "T06"): Event(
        "an addendum to the document in TXA-13", mentions=True, orders=True, document="current", relates="appends"
    ),
    ("MDM", "T07"): Event("a document was edited", mentions=True, orders=True, document="current"),
    ("MDM", "T08"): Event("a document was edited, with its content", mentions=True, orders=True, document="current"),
    ("MDM", "T09"): Event(
        "a replacement of the document in TXA-13 is announced",
        mentions=True,
        orders=True,
        document="current",
        relates="replaces",
    ),
    ("MDM", "T10"): Event(
        "a replacement of the document in TXA-13", mentions=True, orders=True, document="current", relates="replaces"
    ),
    ("MDM", "T11"): Event(
        "a document is cancelled: it was entered in error", mentions=True, orders=True, document=_WRONG
    ),
    ("VXU", "V04"): Event("vaccinations", mentions=True),
}
