"""The folder a backup is: private, whole or not there, and telling what it holds."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from hub.errors import ConfigError, HubError, NotFound, Refused
from hub.language import Text
from hub.model import Json

MANIFEST = "backup.json"
FORMAT = 1


@contextmanager
def unfinished(destination: Path) -> Iterator[Path]:
    """A private folder that gets its name when all of it is on disk, and is removed when it is not sound."""
    if destination.exists() and (not destination.is_dir() or any(destination.iterdir())):
        raise Refused("{destination} is there already; name a new folder", destination=str(destination))
    folder = destination.with_name(f".{destination.name}.unfinished")
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700, parents=True)
        yield folder
        folder.replace(destination)
        flush(destination.parent)
    except OSError as error:
        raise HubError(
            "{destination} cannot be written: {reason}",
            destination=str(destination),
            reason=Text(error.strerror or str(error)),
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def finished(folder: Path, kind: str, counts: dict[str, int]) -> Json:
    """Writes down what the folder holds, with the SHA-256 of each file, as its last file."""
    manifest = {
        "format": FORMAT,
        "kind": kind,
        "hub": version("huitong"),
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "counts": counts,
        "sha256": {file.name: _sha256(file) for file in sorted(folder.iterdir())},
    }
    (folder / MANIFEST).touch(mode=0o600)
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n")
    flush(folder / MANIFEST)
    flush(folder)
    return manifest


def read_manifest(source: Path, kind: str, files: Iterable[str]) -> Json:
    """What the backup says of itself, once each of ``files`` has been found to be as it was written.

    Raises ``NotFound`` for what is missing, ``HubError`` for what was changed, ``Refused`` for what cannot be verified.
    """
    manifest = _manifest(source, kind)
    for name in files:
        _assert_as_written(source, name, manifest.get("sha256", {}).get(name))
    return manifest


def _assert_as_written(folder: Path, name: str, expected: str | None) -> None:
    if not (folder / name).is_file():
        raise NotFound("there is no {name} in {folder}", name=name, folder=str(folder))
    if expected is None:
        raise Refused(
            "the backup in {folder} has no checksum of {name}, so nobody can tell whether it is sound; make a new one",
            folder=str(folder),
            name=name,
        )
    if _sha256(folder / name) != expected:
        raise HubError(
            "{name} in {folder} is damaged: its checksum is not what was written; use another backup",
            name=name,
            folder=str(folder),
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _manifest(source: Path, kind: str) -> Json:
    try:
        manifest: Json = json.loads((source / MANIFEST).read_text())
    except (OSError, ValueError) as error:
        raise NotFound("there is no backup in {source}", source=str(source)) from error
    if manifest.get("kind") != kind:
        raise ConfigError(
            "this is a backup of {theirs}, the configuration names {ours}", theirs=manifest.get("kind"), ours=kind
        )
    if manifest.get("format") != FORMAT:
        raise Refused(
            "this backup was written by a newer hub ({version}); restore it with that one", version=manifest.get("hub")
        )
    return manifest


def flush(path: Path) -> None:
    """Onto the disk: a file, or a folder's list of names."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
