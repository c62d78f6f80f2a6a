"""Who is left out before anything is compared would have changed nothing: neither the verdict nor what is asked."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.identity.normalise import Description
from hub.identity.scoring import DEFAULT, Candidate, Judgement, compare, judge, judging
from hub.identity.scoring.promising import FEW, promising
from tests.hub.identity.scoring.people import person
from tests.hub.identity.scoring.test_comparing import DESCRIPTIONS


def judged_whole(mine: Description, candidates: list[Candidate], monkeypatch: pytest.MonkeyPatch) -> Judgement:
    """As if everybody were worth comparing."""
    with monkeypatch.context() as patched:
        patched.setattr(judging, "promising", lambda _mine, some, _model: some)
        return judge(mine, candidates, DEFAULT)


@given(DESCRIPTIONS, st.lists(st.tuples(st.sampled_from("abcde"), DESCRIPTIONS), min_size=FEW, max_size=12))
def test_whoever_is_left_out_changes_nothing(mine: Description, others: list[tuple[str, Description]]) -> None:
    candidates = [Candidate(f"{place:02}", whose, other) for place, (whose, other) in enumerate(others)]
    with pytest.MonkeyPatch.context() as patched:
        assert judge(mine, candidates, DEFAULT) == judged_whole(mine, candidates, patched)


@given(DESCRIPTIONS, DESCRIPTIONS)
def test_whoever_is_alike_enough_to_be_asked_about_is_left_in(mine: Description, other: Description) -> None:
    candidates = [Candidate(str(place), str(place), other) for place in range(FEW)]
    if compare(mine, other, DEFAULT).bits >= DEFAULT.thresholds.ask:
        assert promising(mine, candidates, DEFAULT) == candidates


def test_of_a_crowd_of_namesakes_few_are_left() -> None:
    crowd = [
        Candidate(f"{day:02}", f"{day:02}", person(birth=f"19{decade}0-{1 + day % 12:02}-{1 + day:02}", addresses=()))
        for decade, day in [(Random(day).choice((2, 3, 6)), day) for day in range(28)]
    ]
    mine = person(birth="1985-11-30", addresses=())
    assert not promising(mine, crowd, DEFAULT)
    assert judge(mine, crowd, DEFAULT).verdict == "new"
    twin = Candidate("x", crowd[3].person, mine)
    assert promising(mine, [*crowd, twin], DEFAULT) == [crowd[3], twin]
    assert judge(mine, [*crowd, twin], DEFAULT).compared[0][0].claim == "x"
