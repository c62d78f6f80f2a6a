"""The folder a backup is: private, whole or not there, and telling what it holds."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from hub.errors import ConfigError, NotFound, Refused, Unavailable
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
        raise Unavailable(
            "{destination} cannot be written: {reason}",
            destination=str(destination),
            reason=error.strerror or str(error),
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def finished(folder: Path, kind: str, counts: dict[str, int]) -> Json:
    """Writes down what the folder holds, as its last file."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    manifest = {"format": FORMAT, "kind": kind, "hub": version("huitong"), "made_at": now, "counts": counts}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n")
    flush(folder / MANIFEST)
    flush(folder)
    return manifest


def read_manifest(source: Path, kind: str) -> Json:
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
