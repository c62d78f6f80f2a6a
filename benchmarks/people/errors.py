"""What careless hands make of what a feed should say: one function for each class of ``profiles.CLASSES``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from benchmarks.people import numbers
from benchmarks.people.characters import DIALECT, LOOKS, RARE_AS, TRADITIONAL, VARIANT, pinyin, sounds_like
from benchmarks.people.names import RARE, GivenNames, surname_of
from benchmarks.people.profiles import ALWAYS, Profile
from benchmarks.people.residents import Resident, World
from benchmarks.people.said import Mother, Said

JUNK = ("1", "2", "*", "（重）", "(已故)", " 先生", "女士", "-", "。", "(新)")
OTHER_JUNK = ("A", "_01", "（作废）", "·", "同志", "/", "#", "（外地）", "本人")
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_DOTS = ("•", "・", ".", "‧", "。", " ", "")


class Spoiler:
    """Makes the errors of one profile; each call is about one record."""

    def __init__(self, world: World, profile: Profile, random: Random) -> None:
        self._world, self._random = world, random
        self._rates, self._careless, self._other = profile.rates, profile.careless, profile.other_ways
        self._given = GivenNames(0)

    def spoil(self, said: Said, of: Resident) -> Said:
        """``said`` is the truth before, as far as the feed asks for it."""
        self._times = self._careless.times(self._random.random() < self._careless.share)
        self._said, self._of = said, of
        if said.id_number:
            self._id_number()
        if said.name and "N_BABY" not in said.classes:
            self._name()
        self._birth()
        self._sex()
        self._phone()
        self._card()
        self._address()
        return said

    def spoil_mother(self, mother: Mother, of: Resident) -> None:
        """Her numbers are typed by the same hands; these errors are nobody's class."""
        self._of = of
        chance = self._random.random()
        if mother.id_number and chance < self._rates["I_DIGIT"]:
            mother.id_number = self._with_another_digit(mother.id_number[:17]) + mother.id_number[17:]
        elif mother.id_number and chance < self._rates["I_DIGIT"] + self._rates["I_15"] and of.born.year < 2000:
            mother.id_number = numbers.shortened(mother.id_number)
        others = sounds_like(mother.name[-1:])
        if others and self._random.random() < self._rates["N_HOMO"]:
            mother.name = mother.name[:-1] + self._random.choice(others)

    def _hit(self, name: str, times: float = 1.0) -> bool:
        rate = self._rates[name] * times * (1 if name in ALWAYS else self._times)
        if self._random.random() >= min(rate, 0.9):
            return False
        self._said.classes.add(name)
        return True

    def _first(self, ways: dict[str, Callable[[], str]], factors: dict[str, float] | None = None) -> str | None:
        """The first class that happens and can; None where none does."""
        for name, way in ways.items():
            rate = self._rates[name] * (factors or {}).get(name, 1.0) * (1 if name in ALWAYS else self._times)
            if self._random.random() < min(rate, 0.9) and (found := way()):
                self._said.classes.add(name)
                return found
        return None

    # --- ID number

    def _id_number(self) -> None:
        said, old = self._said, self._said.feed == "records"
        if self._hit("I_MISS", {"vaccination": 2.0, "records": 0.5}.get(said.feed, 1.0)):
            said.id_number = ""
            return
        ways: dict[str, Callable[[], str]] = {
            "I_KIN": self._of_kin,
            "I_PLACE": lambda: self._random.choice(numbers.OTHER_PLACEHOLDERS if self._other else numbers.PLACEHOLDERS),
            "I_VALID": self._valid_digit,
            "I_DIGIT": self._wrong_digit,
            "I_SWAP": self._transposed,
            "I_CUT": lambda: said.id_number[: self._random.choice((6, 14, 15, 16, 17))],
            "I_15": lambda: numbers.shortened(said.id_number) if self._of.born.year < 2000 else "",
        }
        found = self._first(ways, {"I_15": 5.0 if old else 1.0})
        said.id_number = found or said.id_number
        if found and said.classes & {"I_KIN", "I_VALID", "I_DIGIT"} and self._random.random() < 0.3:
            self._filled_in()
        if said.id_number.endswith("X") and self._hit("I_LOWER"):
            said.id_number = said.id_number.lower()
        if self._hit("I_BLANK"):
            said.id_number = self._blanks(said.id_number)

    def _of_kin(self) -> str:
        near = [one for one in self._world.relatives(self._of) if one.id_number and one.id_number != self._of.id_number]
        if not near:
            return ""
        relative = near[0] if self._random.random() < 0.6 else self._random.choice(near)
        if relative.mobile and self._random.random() < 0.5:
            self._said.phone = relative.mobile
        return relative.id_number

    def _valid_digit(self) -> str:
        body = self._with_another_digit(self._said.id_number[:17])
        return body + numbers.check_digit(body)

    def _wrong_digit(self) -> str:
        return self._with_another_digit(self._said.id_number[:17]) + self._said.id_number[17:]

    def _with_another_digit(self, digits: str) -> str:
        at = self._random.randrange(len(digits))
        other = self._random.choice("0123456789".replace(digits[at], ""))
        return digits[:at] + other + digits[at + 1 :]

    def _transposed(self) -> str:
        number = self._said.id_number
        places = [at for at in range(16) if number[at] != number[at + 1]]
        at = self._random.choice(places)
        return number[:at] + number[at + 1] + number[at] + number[at + 2 :]

    def _blanks(self, number: str) -> str:
        ways = (
            f" {number}",
            f"{number[:6]} {number[6:14]} {number[14:]}",
            f"{number[:6]}-{number[6:]}",
            number.translate(_FULL_WIDTH),
        )
        return self._random.choice(ways)

    def _filled_in(self) -> None:
        """The program takes birth date and sex from the number."""
        number = self._said.id_number
        try:
            born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
        except ValueError:
            return
        self._said.birth = born.isoformat()
        self._said.sex = "male" if int(number[16]) % 2 else "female"

    # --- name

    def _name(self) -> None:
        said = self._said
        said.name = (
            self._first(
                {
                    "N_RARE": self._without_rare,
                    "N_DOT": self._other_dot,
                    "N_PINYIN": lambda: pinyin(said.name, len(surname_of(said.name))),
                    "N_ALIAS": self._alias,
                    "N_HOMO": lambda: self._by_ear(near=False),
                    "N_NEAR": lambda: self._by_ear(near=True),
                    "N_DIAL": self._by_dialect,
                    "N_VIS": self._by_eye,
                    "N_TRAD": lambda: self._mapped(TRADITIONAL, all_of_them=True),
                    "N_VAR": lambda: self._mapped(VARIANT),
                    "N_DROP": lambda: (
                        said.name[:1] + said.name[2:] if self._coin() else said.name[:2] if self._three() else ""
                    ),
                    "N_ORDER": self._swapped,
                }
            )
            or said.name
        )
        if self._hit("N_JUNK"):
            said.name += self._random.choice(OTHER_JUNK if self._other else JUNK)

    def _coin(self) -> bool:
        return self._three() and self._random.random() < 0.5

    def _three(self) -> bool:
        return len(self._said.name) == 3

    def _chinese(self) -> bool:
        return bool(self._said.name) and not self._said.name[0].isascii()

    def _replaced(self, at: int, other: str) -> str:
        name = self._said.name
        return name[:at] + other + name[at + 1 :]

    def _by_ear(self, *, near: bool) -> str:
        """Mostly in the given name."""
        name = self._said.name
        places = range(len(name)) if self._random.random() < 0.15 else range(1, len(name))
        ways = [(at, others) for at in places if (others := sounds_like(name[at], near))]
        if not ways:
            return ""
        at, others = self._random.choice(ways)
        return self._replaced(at, self._random.choice(others))

    def _by_dialect(self) -> str:
        ways = [pair.replace(self._said.name[0], "") for pair in DIALECT if self._said.name[0] in pair]
        return self._replaced(0, self._random.choice(ways)) if ways and self._chinese() else ""

    def _by_eye(self) -> str:
        name = self._said.name
        ways = [(at, pair.replace(one, "")) for at, one in enumerate(name) for pair in LOOKS if one in pair]
        return self._replaced(*self._random.choice(ways)) if ways else ""

    def _mapped(self, table: dict[str, str], *, all_of_them: bool = False) -> str:
        name = self._said.name
        places = [at for at, one in enumerate(name) if one in table]
        if not places:
            return ""
        chosen = places if all_of_them else [self._random.choice(places)]
        return "".join(table[one] if at in chosen else one for at, one in enumerate(name))

    def _swapped(self) -> str:
        name = self._said.name
        if not self._chinese() or len(name) not in {2, 3}:
            return ""
        return name[:-2] + name[-1] + name[-2]

    def _alias(self) -> str:
        if not self._chinese() or "·" in self._said.name:
            return ""
        surname = surname_of(self._said.name)
        if self._random.random() < 0.25:
            return (
                "小" + self._said.name[-1]
                if self._random.random() < 0.5
                else surname + "老" + self._random.choice("大二三四")
            )
        return surname + self._given.draw(self._random, self._of.born.year, self._of.sex)

    def _without_rare(self) -> str:
        places = [at for at, one in enumerate(self._said.name) if one in RARE]
        if not places:
            return ""
        one = self._said.name[places[0]]
        return self._replaced(places[0], self._random.choice(("?", "？", "□", "*", RARE_AS[one], RARE_AS[one])))

    def _other_dot(self) -> str:
        return self._said.name.replace("·", self._random.choice(_DOTS)) if "·" in self._said.name else ""

    # --- what else there is

    def _birth(self) -> None:
        said = self._said
        if not said.birth or said.birth != self._of.born.isoformat():
            return
        if self._hit("B_MISS"):
            said.birth = ""
            return
        born = self._of.born
        ways: dict[str, Callable[[], str]] = {
            "B_LUNAR": lambda: _lunar(born, self._random) if born.year < 1978 else "",
            "B_YEAR": lambda: _moved(
                born, born.year + self._random.choice((-1, 1, -1, 1, -10, 10)), born.month, born.day
            ),
            "B_SWAP": lambda: _moved(born, born.year, born.day, born.month),
            "B_DAY": (born + timedelta(days=self._random.choice((-1, 1)))).isoformat,
            "B_JAN1": lambda: f"{born.year}-01-01" if (born.month, born.day) != (1, 1) else "",
        }
        said.birth = self._first(ways) or said.birth

    def _sex(self) -> None:
        said = self._said
        if said.sex and self._hit("S_MISS"):
            said.sex = ""
        elif said.sex and self._hit("S_FLIP"):
            said.sex = "male" if said.sex == "female" else "female"

    def _phone(self) -> None:
        said, of = self._said, self._of
        if not said.phone or said.phone != of.mobile:
            return
        if self._hit("T_MISS"):
            said.phone = ""
            return
        relatives = [one.mobile for one in self._world.relatives(of) if one.mobile and one.mobile != of.mobile]
        landline = self._world.households[of.household].landline
        ways: dict[str, Callable[[], str]] = {
            "T_OLD": lambda: of.former_mobile,
            "T_KIN": lambda: relatives[0] if relatives else "",
            "T_LAND": landline.strip,
            "T_TYPO": lambda: said.phone[:3] + self._with_another_digit(said.phone[3:]),
        }
        said.phone = self._first(ways) or said.phone

    def _card(self) -> None:
        said = self._said
        cards = [one.card for one in self._world.relatives(self._of) if one.card]
        if not said.card:
            return
        if self._hit("C_MISS"):
            said.card = ""
        elif cards and self._hit("C_KIN"):
            said.card = cards[0]

    def _address(self) -> None:
        said, household = self._said, self._world.households[self._of.household]
        if not said.address or said.feed == "police":
            return
        if self._hit("A_MISS"):
            said.address = ""
            return
        old = self._hit("A_OLD") if household.former else False
        where = household.former if old and household.former else household.home
        said.address = where.written()
        if self._hit("A_CUT"):
            said.address = where.cut(self._random)
        elif self._hit("A_COLL"):
            said.address = where.colloquial(self._random, self._other)


def _moved(born: date, year: int, month: int, day: int) -> str:
    """Empty where there is no such other day."""
    try:
        found = date(year, month, day)
    except ValueError:
        return ""
    return found.isoformat() if found != born else ""


def _lunar(born: date, random: Random) -> str:
    """About where the lunar calendar has the day: the new year is three to seven weeks after the other."""
    behind = 20 + born.year * 11 % 30 + random.choice((0, 0, 0, -1, 1))
    return (born - timedelta(days=behind)).isoformat()
