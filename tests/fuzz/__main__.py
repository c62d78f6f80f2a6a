"""Lets atheris look for bytes that break a promise: ``python -m tests.fuzz lexer|door [--seconds N] [--corpus DIR]``.

What it learns stays in the corpus; what it finds is written beside it, to become a case in tests/plugins/hl7/bad_input.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

SAMPLES = Path(__file__).parents[1] / "plugins" / "hl7"
WORDS = (
    *("MSH|", "PID|", "PV1|", "OBX|", "OBR|", "MRG|", "EVN|", "NTE|", "RXA|", "ORC|", "SCH|", "TXA|", "FHS|", "BHS|"),
    *(r"|^~\\&|", r"|^~\\&#|", r"\\X0D\\", r"\\F\\", r"\\E\\", r"\\.br\\", r"\\C2842\\", r"\\M2442\\", r"|\"\"|"),
    *("ADT^A40", "ORU^R01", "MDM^T02", "QBP^Q22", "UNICODE UTF-8", "GB 18030-2000", "8859/1", "20240301080000+0800"),
    *(r"\x0d", r"\x0a", r"\x0d\x0a", r"\xef\xbb\xbf", r"\x1c\x0d", r"\x0b", r"\xab\x7c", r"\x95\x34\xb2\x35"),
)


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("target", choices=["lexer", "door"])
    asked.add_argument("--seconds", type=int, default=600)
    asked.add_argument("--corpus", type=Path, default=Path(".fuzz/corpus"))
    given = asked.parse_args()
    try:
        import atheris
    except ImportError:
        print("atheris is not installed here: `make fuzz` brings it (Linux and macOS only)", file=sys.stderr)  # noqa: T201
        return 1
    with atheris.instrument_imports(include=["plugins.hl7"]):
        from tests.fuzz import promises

    def lexer(data: bytes) -> None:
        promises.of_the_lexer(data.decode("utf-8", "replace"))

    folder = given.corpus / given.target
    folder.mkdir(parents=True, exist_ok=True)
    words = given.corpus / "words.dict"
    words.write_text("".join(f'"{word}"\n' for word in WORDS))
    options = [
        f"-max_total_time={given.seconds}",
        f"-dict={words}",
        "-max_len=4096",
        "-timeout=10",
        "-rss_limit_mb=1024",
    ]
    options += [f"-artifact_prefix={given.corpus}/{given.target}-found-", "-print_final_stats=1"]
    seeds = [str(SAMPLES / name) for name in ("samples", "contract")]
    atheris.Setup(
        [sys.argv[0], *options, str(folder), *seeds], lexer if given.target == "lexer" else promises.of_everything
    )
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
