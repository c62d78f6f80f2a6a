"""Ids that are the same on every replay."""

from __future__ import annotations

from base64 import b32encode
from hashlib import blake2b

from hypothesis import given
from hypothesis import strategies as st

from hub.records.ids import claim_id, resource_id


@given(st.text(max_size=8), st.sampled_from(["Patient", "Encounter"]), st.text(max_size=8))
def test_an_id_is_base_32_of_the_hash_of_feed_type_and_key(feed: str, type_: str, key: str) -> None:
    digest = blake2b(f"{feed}\0{type_}\0{key}".encode(), digest_size=16).digest()
    assert resource_id(feed, type_, key) == b32encode(digest).decode().rstrip("=").lower()


def test_a_claim_has_the_id_of_its_patient() -> None:
    assert claim_id("a", "7") == resource_id("a", "Patient", "7")
    assert (
        len({resource_id("a", "Patient", "7"), resource_id("b", "Patient", "7"), resource_id("a", "Basic", "7")}) == 3
    )
