"""Files that connections may read: those in the tenant's own folder, and nothing a link or `..` leads to outside it."""

import stat
from pathlib import Path, PurePosixPath

from opsloom.connections.errors import FileRefused
from opsloom.connections.results import Node

_LISTED = 1000


def folder_of(root: Path, slug: str) -> Path:
    """The tenant's folder below the folder of files."""
    if not slug or slug in {".", ".."} or "/" in slug:
        raise FileRefused("This tenant has no folder of files.")
    return root / slug


def check_path(path: str) -> PurePosixPath:
    """A relative path without tricks. Raises FileRefused."""
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or not pure.parts or "\\" in path or "\x00" in path:
        raise FileRefused(
            "The path must lead into the tenant's folder of files.",
            hint="Write it without a leading / and without `..`.",
        )
    return pure


def locate(folder: Path, path: str) -> Path:
    """The real file behind a path. Raises FileRefused for one that is missing, no plain file, or outside the folder."""
    pure = check_path(path)
    try:
        root = folder.resolve(strict=True)
        found = (folder / pure).resolve(strict=True)
        mode = found.stat().st_mode
    except (OSError, RuntimeError) as error:
        raise FileRefused(
            f"There is no file “{path}” in the folder of this tenant.",
            hint=f"An operator puts files into {folder.name}/ below OPSLOOM_FILES_DIR.",
        ) from error
    if not found.is_relative_to(root):
        raise FileRefused(f"“{path}” leads out of the folder of this tenant.")
    if not stat.S_ISREG(mode):
        raise FileRefused(f"“{path}” is not a file.")
    return found


def listed(folder: Path, endings: tuple[str, ...]) -> list[Node]:
    """The files in the folder that could be meant, for forms to offer."""
    if not folder.is_dir():
        return []
    names = sorted(each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.suffix in endings)
    return [Node(name, name, "file", leaf=True) for name in names[:_LISTED]]
