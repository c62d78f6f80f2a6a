from __future__ import annotations

from hub.identity.normalise import Name
from hub.identity.scoring.counting import FEWEST, counted
from hub.identity.scoring.frequency import usual


def test_what_is_common_here_counts_less_than_what_is_common_elsewhere() -> None:
    names = [Name("缪小伟", "miao xiao wei")] * 900 + [Name("王伟", "wang wei")] * 600

    here = counted(names)

    assert here.surnames["缪"] == 0.6
    assert here.rarity("缪", "小伟") < usual().rarity("缪", "小伟")
    assert here.rarity("王", "芳") > usual().rarity("王", "芳")


def test_what_few_people_bear_is_not_written_down() -> None:
    here = counted([*[Name("王伟", "wang wei")] * 2_000, *[Name("亓龘", "qi da")] * (FEWEST - 1)])

    assert here.surnames.keys() == {"王"}
    assert here.given.keys() == {"伟"}


def test_words_of_latin_names_are_counted_by_themselves() -> None:
    here = counted([Name("sarahmiller", "sarah miller")] * 1_500)

    assert here.words == {"sarah": 0.5, "miller": 0.5}
    assert here.surnames == usual().surnames


def test_from_few_names_nothing_is_concluded() -> None:
    assert counted([Name("王伟", "wang wei")] * 10) == usual()
