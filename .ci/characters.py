"""Writes hub/identity/normalise/characters: which characters are one, and how each is read.

``python .ci/characters.py [FOLDER]`` takes simplified forms from OpenCC (Apache-2.0), readings from pypinyin (MIT),
and what both lack from variants.txt. A test says that the files are what this would write.
"""

from __future__ import annotations

import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import opencc
from pypinyin import Style, pinyin
from pypinyin.pinyin_dict import pinyin_dict

FOLDER = Path(__file__).parents[1] / "hub" / "identity" / "normalise" / "characters"
HEAD = "# Written by .ci/characters.py from {source}.\n"
IDEOGRAPHS = (range(0x2E80, 0x2FE0), range(0x3400, 0xA000), range(0x20000, 0x32400))
LACKING = {"𠮷": "ji", "〇": "ling", "㛃": "jie", "䒟": "zhong"}
"""Readings that pypinyin has none of, or another than in names."""


def main(folder: Path = FOLDER) -> None:
    folded = folds()
    write(
        folder / "folded.txt",
        "OpenCC's t2s, jp2t and variants.txt: the form compared by, then the others",
        grouped(folded),
    )
    write(
        folder / "readings.txt",
        "pypinyin: a syllable without tone, then its characters",
        grouped(readings(folded), " "),
    )


def folds() -> dict[str, str]:
    """Each character that is another form of one, with that one."""
    simplified, traditional = opencc.OpenCC("t2s"), opencc.OpenCC("jp2t")
    found = {}
    for letter in ideographs():
        if is_standard(letter):
            continue
        plain = simplified.convert(letter)
        if plain == letter:
            plain = simplified.convert(traditional.convert(letter))
        if plain != letter and len(plain) == 1:
            found[letter] = plain
    for line in by_hand():
        found.pop(line[0], None)
        found |= dict.fromkeys(line[1:], line[0])
    return {letter: last(found, plain) for letter, plain in found.items()}


def last(found: dict[str, str], letter: str) -> str:
    while letter in found:
        letter = found[letter]
    return letter


def is_standard(letter: str) -> bool:
    """GB 2312 has simplified forms only, so what stands there is another form of nothing: 乾 of Qianlong, 著, 芸."""
    try:
        letter.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def by_hand() -> Iterator[str]:
    for line in (FOLDER / "variants.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line


def readings(folded: dict[str, str]) -> dict[str, str]:
    """The commonest reading of each character that is compared by; ü is v."""
    found = {}
    for code in pinyin_dict:
        letter = chr(code)
        if letter not in folded and unicodedata.normalize("NFKC", letter) == letter:
            found[letter] = pinyin(letter, style=Style.NORMAL)[0][0].replace("ü", "v")
    return found | LACKING


def ideographs() -> Iterator[str]:
    return (
        letter for block in IDEOGRAPHS for letter in map(chr, block) if unicodedata.normalize("NFKC", letter) == letter
    )


def grouped(found: dict[str, str], gap: str = "") -> list[str]:
    by_value = defaultdict(list)
    for letter, value in sorted(found.items()):
        by_value[value].append(letter)
    return [f"{value}{gap}{''.join(letters)}" for value, letters in sorted(by_value.items())]


def write(path: Path, source: str, lines: list[str]) -> None:
    path.write_text(HEAD.format(source=source) + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
