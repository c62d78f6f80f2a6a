"""Invented resident's numbers of a county that has never been, with sound check digits."""

from __future__ import annotations

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
AREA = "990101"


def id_number(number: int) -> str:
    """Another one for each of the first thousands of numbers."""
    body = f"{AREA}{1950 + number % 60}{1 + number % 12:02}{1 + number % 28:02}{number % 1000:03}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]
