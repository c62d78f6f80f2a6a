"""Other people's JavaScript: installed once from a lock file, kept between runs, run with node."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

NAMED_BY = "HUB_NODE_PACKAGES"
INSTALL_S = 120


class Missing(Exception):
    """It cannot be run here; the sentence says what would help."""


def installed(folder: Path) -> Path:
    """A folder with the scripts of this one, and beside them the packages its lock file names."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise Missing(f"{program} is not installed (Node.js 20 or later is needed)")
    place = _root() / _digest(folder)
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place / "node_modules").is_dir():
            _install(folder, place)
    return place


def _root() -> Path:
    named = os.environ.get(NAMED_BY)
    return Path(named) if named else Path(tempfile.gettempdir()) / f"hub-node-{os.getuid()}"


def _digest(folder: Path) -> str:
    """Of all its files: what changed is installed anew."""
    files = sorted(file for file in folder.iterdir() if file.suffix in {".json", ".mjs"})
    content = b"".join(file.name.encode() + b"\0" + file.read_bytes() for file in files)
    return f"{folder.name}-{hashlib.sha256(content).hexdigest()[:16]}"


def _install(folder: Path, place: Path) -> None:
    """Under another name first: a folder that is there is whole."""
    draft = place.with_suffix(".draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    for file in folder.iterdir():
        if file.suffix in {".json", ".mjs"}:
            shutil.copy(file, draft)
    command = ["npm", "ci", "--omit=peer", "--legacy-peer-deps", "--ignore-scripts", "--no-audit", "--no-fund"]
    try:
        done = subprocess.run(command, cwd=draft, capture_output=True, text=True, timeout=INSTALL_S, check=False)
    except subprocess.TimeoutExpired:
        raise Missing(f"npm could not install {folder.name} within {INSTALL_S} s: is its registry reachable?") from None
    if done.returncode:
        reason = next((line for line in done.stderr.splitlines() if "error" in line), "npm failed")
        raise Missing(f"npm could not install {folder.name}: {reason}")
    shutil.rmtree(place, ignore_errors=True)
    draft.rename(place)
