"""What somebody asks for: files that were read, in the order of their links, and what they are to become. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from opsloom.assets.code.bundle import MANIFEST, Filling, read_bundle, render, source_name
from opsloom.assets.code.document import AssetFile, read_files
from opsloom.assets.code.errors import FilesInvalid, Flaw
from opsloom.assets.code.order import in_order
from opsloom.assets.code.planner import Goal
from opsloom.assets.kinds import Kinds


@dataclass(frozen=True)
class Wanted:
    """Files with what they use before them."""

    files: Sequence[AssetFile]
    goal: Goal


def read_wanted(kinds: Kinds, files: Mapping[str, str], filling: Filling, goal: Goal) -> Wanted:
    """Plain files, or a bundle with its values. Raises FilesInvalid, ParametersRefused."""
    if MANIFEST in files:
        made = read_bundle(files)
        goal = replace(goal, source=source_name(made.manifest, filling.prefix))
        return Wanted(in_order(render(made, filling, kinds)), goal)
    if filling.parameters or filling.prefix:
        message = f"Parameters and prefix are for bundles; there is no {MANIFEST}."
        raise FilesInvalid([Flaw(MANIFEST, 0, 0, message, "no_bundle")])
    return Wanted(in_order(read_files(files, kinds)), goal)
