"""An asset as a file: `<kind>/<key>.yaml` with kind, key, name, description, tags and content. Pure.

Invariant: `write` and `read_files` are each other's inverse for content of the kind's own type, and a set of files is either
read whole or refused with every flaw that was found, each with its place.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import BaseModel, Field, StringConstraints, ValidationError

from opsloom.assets.code.canonical import fingerprint, short
from opsloom.assets.code.errors import FilesInvalid, Flaw
from opsloom.assets.code.literals import secrets_in
from opsloom.assets.code.reading import Json, Place, Read, Step, Unreadable, pointer_of, read
from opsloom.assets.code.writing import write as write_yaml
from opsloom.assets.content import is_key, segments, slug_of
from opsloom.assets.kinds import Kind, Kinds, Link
from opsloom.assets.schemas import Description, Tags
from opsloom.kit.model import Name, Text, Wire

MAX_FILES: Final = 20_000
MAX_TOTAL: Final = 32_000_000
MAX_VALUES: Final = 600_000
_PATH: Final = re.compile(r"[a-z][a-z0-9_]{0,59}/\w[\w.-]{0,79}\.yaml")
_CONTENT: Final = "content"
_INSIDE: Final = re.compile(r"(\d{1,6}):(\d{1,6})")

Ref = tuple[str, str]
"""Kind and key."""


class Header(Wire):
    """What every file holds."""

    kind: Annotated[Text, StringConstraints(min_length=1, max_length=60)]
    key: Annotated[Text, StringConstraints(min_length=1, max_length=80)]
    name: Name
    description: Description = ""
    tags: Tags = Field(default_factory=list)
    content: dict[str, Any]


@dataclass(frozen=True)
class AssetFile:
    """A file that can be applied. `stored` is the content as the registry keeps it."""

    path: str
    kind: Kind
    header: Header
    content: BaseModel
    stored: dict[str, Json]
    hash: str
    links: tuple[Link, ...]
    source: Read

    @property
    def ref(self) -> Ref:
        return self.kind.name, self.header.key

    def place(self, pointer: str) -> Place:
        """Where the part of the content stands that a JSON Pointer names; `#line:column` behind it is a place in its text."""
        pointer, _, inside = pointer.partition("#")
        reached = self.source.reached((_CONTENT, *_steps(pointer)))
        line, column = self.source.start(reached)
        if found := _INSIDE.fullmatch(inside):
            # A text of several lines is a block, whose lines stand below its key, further in.
            return line + int(found[1]), column + 1 + int(found[2])
        return line, column

    def flaw(self, pointer: str, message: str, code: str = "invalid") -> Flaw:
        """Something wrong with a part of the content."""
        return Flaw(self.path, *self.place(pointer), message, code, f"/{_CONTENT}{pointer}")

    def text(self) -> str:
        """The file as `export` would write it."""
        return write(self.kind, self.header, self.content)


def _steps(pointer: str) -> Iterator[Step]:
    for step in segments(pointer):
        yield int(step) if step.isdecimal() and step.isascii() and len(step) < 9 else step


def path_of(kind: str, key: str) -> str:
    """Where an asset's file lies in its folder."""
    return f"{kind}/{key}.yaml"


def is_path(path: str) -> bool:
    """Whether an asset's file could lie there: never absolute, never outside its folder."""
    return _PATH.fullmatch(path) is not None


def write(kind: Kind, header: Header, content: BaseModel) -> str:
    """An asset as YAML, defaults left out."""
    document: dict[str, Json] = {"kind": kind.name, "key": header.key, "name": header.name}
    if header.description:
        document["description"] = header.description
    if header.tags:
        document["tags"] = list(header.tags)
    return write_yaml(document | {_CONTENT: short(kind, content)})


def read_files(files: Mapping[str, str], kinds: Kinds) -> list[AssetFile]:
    """All of them, by path. Raises FilesInvalid with every flaw."""
    check_amount(files)
    sources, flaws = read_sources(files)
    return read_assets(sources, kinds, flaws)


def check_amount(files: Mapping[str, str]) -> None:
    """Raises FilesInvalid when there is more than one request may bring."""
    total = sum(len(text) for text in files.values())
    if len(files) > MAX_FILES or total > MAX_TOTAL:
        message = f"{len(files):,} files with {total:,} characters; at most {MAX_FILES:,} with {MAX_TOTAL:,} are read at once."
        raise FilesInvalid([Flaw("", 0, 0, message, "too_large")])


def read_sources(files: Mapping[str, str]) -> tuple[dict[str, Read], list[Flaw]]:
    """Each file as plain values, and the flaws of those that could not be read."""
    sources: dict[str, Read] = {}
    flaws: list[Flaw] = []
    values = 0
    for path in sorted(files):
        if values > MAX_VALUES:
            flaws.append(Flaw(path[:300], 0, 0, f"The files before it hold {values:,} values already.", "too_large"))
            break
        try:
            sources[path] = read(path[:300], files[path])
            values += len(sources[path].values)
        except Unreadable as error:
            flaws += error.flaws
    return sources, flaws


def read_assets(sources: Mapping[str, Read], kinds: Kinds, flaws: Sequence[Flaw] = ()) -> list[AssetFile]:
    """Assets of what was read. Raises FilesInvalid with these flaws and those found here."""
    found: list[AssetFile] = []
    all_flaws = list(flaws)
    for path in sorted(sources):
        try:
            found.append(_asset(path, sources[path], kinds))
        except Unreadable as error:
            all_flaws += error.flaws
    if all_flaws:
        raise FilesInvalid(sorted(all_flaws, key=lambda flaw: (flaw.file, flaw.line, flaw.column)))
    return found


def _asset(path: str, source: Read, kinds: Kinds) -> AssetFile:
    header = _header(path, source)
    flaws = list(_misplaced(path, source, header, kinds))
    if header.kind not in kinds:
        raise Unreadable(flaws)
    kind = kinds.named(header.kind)
    flaws += _forbidden(path, source, kind, header)
    try:
        content = kind.model.model_validate(header.content)
    except ValidationError as error:
        raise Unreadable(flaws + list(model_flaws(path, source, error, (_CONTENT,)))) from None
    links = tuple(kind.links(content))
    asset = AssetFile(
        path=path,
        kind=kind,
        header=header,
        content=content,
        stored=content.model_dump(mode="json"),
        hash=fingerprint(kind, content),
        links=links,
        source=source,
    )
    flaws += [
        asset.flaw(link.pointer, f"“{link.key[:100]}” is not the key of a {link.kind}.", "reference_invalid")
        for link in links
        if not is_key(link.key)
    ]
    if flaws:
        raise Unreadable(flaws)
    return asset


def _header(path: str, source: Read) -> Header:
    if not isinstance(source.value, dict):
        message = "An asset's file is a mapping with kind, key, name and content."
        raise Unreadable([Flaw(path, *source.start(()), message, "not_a_mapping")])
    try:
        return Header.model_validate(source.value)
    except ValidationError as error:
        raise Unreadable(list(model_flaws(path, source, error, ()))) from None


def _misplaced(path: str, source: Read, header: Header, kinds: Kinds) -> Iterator[Flaw]:
    """Whether kind, key and path agree."""
    if header.kind not in kinds:
        known = ", ".join(kind.name for kind in kinds)
        message = f"There is no kind of asset called “{header.kind}”. Kinds are: {known}."
        yield Flaw(path, *source.begin(("kind",)), message, "kind_unknown", "/kind")
    elif not is_key(header.key):
        message = f"“{header.key}” cannot be a key; try {slug_of(header.key)}."
        yield Flaw(path, *source.begin(("key",)), message, "key_invalid", "/key")
    elif path != path_of(header.kind, header.key):
        message = f"This is {header.kind}/{header.key}, so its file is {path_of(header.kind, header.key)}."
        yield Flaw(path, *source.start(("key",)), message, "path_differs", "/key")


def _forbidden(path: str, source: Read, kind: Kind, header: Header) -> Iterator[Flaw]:
    """What must not stand in a file: derived fields, and secrets."""
    for name in kind.derived:
        if name in header.content:
            where = (_CONTENT, name)
            message = f"“{name}” is worked out when the {kind.name} is published; leave it out."
            yield Flaw(path, *source.start(where), message, "derived_field", pointer_of(where))
    for part, what in secrets_in(header.content):
        reached = source.reached((_CONTENT, *part))
        message = f"{what}. Keep it as a named secret and refer to it: {{secret: name}}."
        yield Flaw(path, *source.start(reached), message, "literal_secret", pointer_of((_CONTENT, *part)))


def model_flaws(path: str, source: Read, error: ValidationError, around: tuple[Step, ...]) -> Iterator[Flaw]:
    """A model's findings at their places; a missing field is shown where it is missed."""
    for each in error.errors(include_url=False, include_input=False, include_context=False):
        location = (*around, *each["loc"])
        reached = source.reached(location)
        message = str(each["msg"]).removeprefix("Value error, ")
        code = str(each["type"])
        if code == "missing":
            pointer = pointer_of((*reached, location[-1]))
            yield Flaw(path, *source.start(reached), f"“{location[-1]}” is missing.", code, pointer)
            continue
        if code == "extra_forbidden":
            message = f"There is no “{str(location[-1])[:80]}” here"
        name = f"{reached[-1]}: " if reached and code != "extra_forbidden" else ""
        place = source.start(reached) if code == "extra_forbidden" else source.begin(reached)
        yield Flaw(path, *place, f"{name}{message}.", code, pointer_of(reached))
