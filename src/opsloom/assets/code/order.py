"""In which order assets can come into force: what is used before what uses it. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from opsloom.assets.code.document import AssetFile, Ref
from opsloom.assets.code.errors import FilesInvalid
from opsloom.assets.kinds import Link


def in_order(files: Sequence[AssetFile]) -> list[AssetFile]:
    """Files with what they use first, otherwise as given. Raises FilesInvalid that names a way round, at the link that closes it.

    Depth first, without recursion: a chain of links may be as long as there are files.
    """
    by_ref = {file.ref: file for file in files}
    done: dict[Ref, AssetFile] = {}
    for file in files:
        way: dict[Ref, Iterator[Link]] = {}
        if file.ref not in done:
            way[file.ref] = _own_links(file, by_ref)
        while way:
            ref = next(reversed(way))
            link = next(way[ref], None)
            if link is None:
                done[ref] = by_ref[ref]
                del way[ref]
                continue
            target = (link.kind, link.key)
            if target in way:
                raise _cycle(by_ref[ref], link, list(way))
            if target not in done:
                way[target] = _own_links(by_ref[target], by_ref)
    return list(done.values())


def _own_links(file: AssetFile, by_ref: Mapping[Ref, AssetFile]) -> Iterator[Link]:
    return iter([link for link in file.links if (link.kind, link.key) in by_ref])


def _cycle(file: AssetFile, link: Link, way: Sequence[Ref]) -> FilesInvalid:
    start = (link.kind, link.key)
    around = [*way[list(way).index(start) :], start]
    shown = " → ".join(f"{kind}/{key}" for kind, key in around)
    return FilesInvalid([file.flaw(link.pointer, f"Assets use each other in a circle: {shown}.", "links_cyclic")])
