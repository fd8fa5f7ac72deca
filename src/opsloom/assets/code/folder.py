"""A folder of files on somebody's machine: reading it whole, writing into it no more than has changed.

Invariant: nothing outside the folder is read or written, whatever its links or a server's answer say, and a file is either the
old one or the new one, never half of it.
"""

import os
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from opsloom.assets.code.bundle import MANIFEST
from opsloom.assets.code.document import is_path
from opsloom.assets.code.errors import Flaw
from opsloom.assets.code.reading import MAX_CHARACTERS, Unreadable, decode, read

_SUFFIXES: Final = {".yaml", ".yml"}


@dataclass
class Folder:
    """Texts by path with `/`, and what cannot be used."""

    files: dict[str, str] = field(default_factory=dict)
    flaws: list[Flaw] = field(default_factory=list)


@dataclass
class Changes:
    """What writing did; `stale` files belong to no asset any more."""

    written: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)


def load(root: Path) -> Folder:
    """Every YAML file in the folder; hidden ones and other files are nobody's business."""
    found = Folder()
    for path in _yaml_files(root):
        name = _name(root, path)
        try:
            if name != MANIFEST and not is_path(name):
                message = (
                    "An asset's file is <kind>/<key>.yaml: a folder for each kind, with the key as the file's name."
                )
                found.flaws.append(Flaw(name, 0, 0, message, "path_invalid"))
            else:
                found.files[name] = _text(root, Path(path), name)
        except Unreadable as error:
            found.flaws += error.flaws
        except OSError as error:
            found.flaws.append(Flaw(name, 0, 0, f"It cannot be read: {error.strerror}.", "unreadable"))
    return found


def _yaml_files(root: Path) -> Iterator[str]:
    for folder, inner, names in os.walk(root):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith(".") and os.path.splitext(name)[1].lower() in _SUFFIXES:
                yield os.path.join(folder, name)


def _text(root: Path, path: Path, name: str) -> str:
    if not path.resolve().is_relative_to(root.resolve()):
        raise Unreadable([Flaw(name, 0, 0, "It is a link to a file outside the folder.", "outside")])
    if not path.is_file():
        raise Unreadable([Flaw(name, 0, 0, "It is not a file.", "unreadable")])
    size = path.stat().st_size
    if size > 4 * MAX_CHARACTERS:
        raise Unreadable(
            [Flaw(name, 0, 0, f"The file has {size:,} bytes, which is too much for an asset.", "too_large")]
        )
    return decode(name, path.read_bytes())


def save(root: Path, files: Mapping[str, str], *, delete: bool) -> Changes:
    """Write what differs. A file that says the same in its own words is left as it is; so are its comments.

    Raises ValueError for a path that would lead out of the folder.
    """
    done = Changes()
    wrong = [name for name in files if not is_path(name)]
    if wrong:
        raise ValueError(f"{wrong[0]} would lead out of the folder")
    there = {_name(root, path): path for path in _yaml_files(root)}
    for kind in sorted({name.split("/")[0] for name in files}):
        _inside(root, kind).mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        path = os.path.join(root, name)
        if os.path.lexists(path) and _says(path, name, text):
            done.kept.append(name)
        else:
            _write(path, text)
            done.written.append(name)
    done.stale = sorted(name for name in there if is_path(name) and name not in files)
    for name in done.stale if delete else ():
        os.unlink(there[name])
    return done


def _name(root: Path, path: str) -> str:
    """How a file is called in this folder."""
    return unicodedata.normalize("NFC", path.removeprefix(os.path.join(root, "")).replace(os.sep, "/"))


def _inside(root: Path, kind: str) -> Path:
    """The folder of a kind, which may be a link only to somewhere inside."""
    folder = root / kind
    if not folder.resolve().is_relative_to(root.resolve()):
        raise ValueError(f"{kind} would lead out of the folder")
    return folder


def _says(path: str, name: str, text: str) -> bool:
    try:
        raw = Path(path).read_bytes()
        return raw == text.encode() or bool(read(name, decode(name, raw)).value == read(name, text).value)
    except (OSError, Unreadable):
        return False


def _write(path: str, text: str) -> None:
    """A new file takes the old one's place; a link would be replaced, not followed. Thousands are written: no paths as objects."""
    folder, name = os.path.split(path)
    temporary = os.path.join(folder, f".{name}.{os.getpid()}.tmp")
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644)
        with open(handle, "wb") as file:
            file.write(text.encode())
        os.replace(temporary, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(temporary)
        raise
