"""Bundles: a folder of assets with a manifest and parameters, to be used several times. Pure.

Rendering happens on values that were read, never on the text of a file: what is given for a parameter can become a value or a
part of one, but not another key, another field or another file. With a prefix, every asset of the bundle gets a key of its own
and the links between them follow.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import Field, StringConstraints, ValidationError, field_validator

from opsloom.assets.code.document import AssetFile, is_path, path_of, read_assets, read_sources
from opsloom.assets.code.errors import FilesInvalid, Flaw, ParametersRefused
from opsloom.assets.code.placeholders import PlaceholderInvalid, fill
from opsloom.assets.code.reading import Json, Read, Step, Unreadable, pointer_of, read
from opsloom.assets.content import is_key, segments
from opsloom.assets.kinds import Kinds
from opsloom.assets.schemas import Description
from opsloom.kit.errors import FieldProblem
from opsloom.kit.model import Text, Wire

MANIFEST: Final = "bundle.yaml"
LONGEST_KEY: Final = 80
_VERSION: Final = re.compile(r"\d+(\.\d+){0,2}([.-][0-9A-Za-z]+)*")


class Manifest(Wire):
    """`bundle.yaml`. `parameters` is a JSON Schema (2020-12) of an object; `files` names the assets, all of them when left out."""

    name: Annotated[Text, StringConstraints(min_length=1, max_length=60)]
    version: Annotated[Text, StringConstraints(min_length=1, max_length=40)] = "1"
    description: Description = ""
    parameters: dict[str, Any] = Field(default_factory=dict)
    files: Annotated[list[Text], Field(max_length=1000)] = Field(default_factory=list)

    @field_validator("name")
    @classmethod
    def _is_key(cls, name: str) -> str:
        if not is_key(name):
            raise ValueError("a bundle's name is lower case letters, digits, - . and _")
        return name

    @field_validator("version")
    @classmethod
    def _is_version(cls, version: str) -> str:
        if not _VERSION.fullmatch(version):
            raise ValueError("a version is numbers, such as 1.2.0")
        return version

    @field_validator("parameters")
    @classmethod
    def _is_schema(cls, parameters: dict[str, Any]) -> dict[str, Any]:
        if parameters:
            if parameters.get("type", "object") != "object":
                raise ValueError("parameters are described as an object with properties")
            _validator(parameters)
        return parameters

    @property
    def declared(self) -> Mapping[str, Any]:
        """The schema of each parameter."""
        properties = self.parameters.get("properties", {})
        return properties if isinstance(properties, dict) else {}


@dataclass(frozen=True)
class Bundle:
    """A manifest and the files that were read with it."""

    manifest: Manifest
    sources: Mapping[str, Read]


@dataclass(frozen=True)
class Filling:
    """What a bundle is used with."""

    parameters: Mapping[str, Json]
    prefix: str = ""


def source_name(manifest: Manifest, prefix: str) -> str:
    """Under which name what a bundle brought is remembered: two uses with different prefixes are two."""
    return f"bundle:{manifest.name}/{prefix}" if prefix else f"bundle:{manifest.name}"


def read_bundle(files: Mapping[str, str]) -> Bundle:
    """A bundle's manifest and sources. Raises FilesInvalid."""
    manifest = read_manifest(files.get(MANIFEST, ""))
    assets = {path: text for path, text in files.items() if path != MANIFEST}
    wanted = manifest.files or sorted(assets)
    flaws = [
        Flaw(MANIFEST, 0, 0, f"There is no file {path[:200]}.", "file_missing") for path in wanted if path not in assets
    ]
    flaws += [
        Flaw(path[:300], 0, 0, "An asset's file is <kind>/<key>.yaml.", "path_invalid")
        for path in wanted
        if not is_path(path)
    ]
    if not wanted:
        flaws = [Flaw(MANIFEST, 0, 0, "The bundle holds no assets.", "empty")]
    if flaws:
        raise FilesInvalid(flaws)
    sources, flaws = read_sources({path: assets[path] for path in wanted})
    if flaws:
        raise FilesInvalid(flaws)
    return Bundle(manifest, sources)


def read_manifest(text: str) -> Manifest:
    """Raises FilesInvalid with the places of what is wrong."""
    try:
        source = read(MANIFEST, text)
    except Unreadable as error:
        raise FilesInvalid(error.flaws) from None
    try:
        return Manifest.model_validate(source.value)
    except ValidationError as error:
        flaws = []
        for each in error.errors(include_url=False, include_input=False, include_context=False):
            reached = source.reached(each["loc"])
            name = f"{each['loc'][-1]}: " if each["loc"] else ""
            message = f"{name}{str(each['msg']).removeprefix('Value error, ')}."
            flaws.append(Flaw(MANIFEST, *source.start(reached), message, str(each["type"]), pointer_of(each["loc"])))
        raise FilesInvalid(flaws) from None


def values_for(manifest: Manifest, given: Mapping[str, Json]) -> dict[str, Json]:
    """The parameters with defaults filled in. Raises ParametersRefused that names each."""
    unknown = [name for name in given if name not in manifest.declared]
    problems = [
        FieldProblem(pointer=pointer_of([name]), detail="The bundle has no such parameter.") for name in unknown
    ]
    defaults = {
        name: each["default"]
        for name, each in manifest.declared.items()
        if isinstance(each, dict) and "default" in each
    }
    values = defaults | dict(given)
    if not problems and manifest.parameters:
        problems = [
            FieldProblem(pointer=pointer_of(list(error.instance_path)), detail=f"{error.message[:500]}.")
            for error in _validator(manifest.parameters).iter_errors(values)
        ]
    if problems:
        names = ", ".join(manifest.declared) or "none"
        first = problems[0]
        where = first.pointer.lstrip("/") or "the parameters"
        raise ParametersRefused(
            f"{where}: {first.detail}", details=problems[:100], hint=f"Parameters of {manifest.name}: {names}."
        )
    return values


def render(bundle: Bundle, filling: Filling, kinds: Kinds) -> list[AssetFile]:
    """The bundle's assets with these values. Raises FilesInvalid, ParametersRefused."""
    values = values_for(bundle.manifest, filling.parameters)
    about = {"name": bundle.manifest.name, "version": bundle.manifest.version, "prefix": filling.prefix}
    context = {"params": values, "bundle": about}
    flaws: list[Flaw] = []
    sources = {}
    for path, source in bundle.sources.items():
        value = _filled(path, source, source.value, (), (context, flaws))
        sources[path] = Read(value, source.starts, source.values)
    if flaws:
        raise FilesInvalid(flaws)
    assets = read_assets(sources, kinds)
    return _prefixed(assets, filling.prefix, kinds) if filling.prefix else assets


def _filled(
    path: str, source: Read, value: Json, at: tuple[Step, ...], work: tuple[Mapping[str, Json], list[Flaw]]
) -> Json:
    if isinstance(value, dict):
        return {key: _filled(path, source, each, (*at, key), work) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(path, source, each, (*at, index), work) for index, each in enumerate(value)]
    if not isinstance(value, str) or "{{" not in value:
        return value
    context, flaws = work
    try:
        return fill(value, context)
    except PlaceholderInvalid as error:
        flaws.append(Flaw(path, *source.begin(at), str(error), "placeholder_invalid", pointer_of(at)))
        return value


def _prefixed(assets: Sequence[AssetFile], prefix: str, kinds: Kinds) -> list[AssetFile]:
    """The same assets under keys of their own, linked among each other."""
    if not is_key(prefix) or any(len(prefix) + 1 + len(asset.header.key) > LONGEST_KEY for asset in assets):
        problem = FieldProblem(
            pointer="/prefix", detail="A prefix is lower case letters, digits, - . and _, and keys have room for it."
        )
        raise ParametersRefused("The prefix cannot be used.", details=[problem], hint="Take a short one, such as eu.")
    own = {asset.ref for asset in assets}
    renamed = {}
    for asset in assets:
        key = f"{prefix}-{asset.header.key}"
        value = dict(asset.source.value)
        value |= {"key": key, "name": f"{asset.header.name} ({prefix})"[:200], "content": _linked(asset, own, prefix)}
        renamed[path_of(asset.kind.name, key)] = Read(value, asset.source.starts, asset.source.values)
    return read_assets(renamed, kinds)


def _linked(asset: AssetFile, own: set[tuple[str, str]], prefix: str) -> Json:
    """The content as written, with links to assets of the same bundle under their new keys."""
    content: Json = _copy(asset.source.value["content"])
    for link in asset.links:
        if (link.kind, link.key) in own and not _put(content, segments(link.pointer), link.key, f"{prefix}-{link.key}"):
            message = f"The link to {link.kind}/{link.key} cannot be given a prefix here."
            raise FilesInvalid([asset.flaw(link.pointer, message, "link_fixed")])
    return content


def _put(value: Json, path: Sequence[str], old: str, new: str) -> bool:
    for step in path[:-1]:
        value = value.get(step) if isinstance(value, dict) else value[int(step)] if isinstance(value, list) else None
    last: Step = int(path[-1]) if isinstance(value, list) else path[-1]
    if not isinstance(value, (dict, list)) or (isinstance(value, dict) and last not in value) or value[last] != old:  # type: ignore[index]
        return False
    value[last] = new  # type: ignore[index]
    return True


def _copy(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _copy(each) for key, each in value.items()}
    return [_copy(each) for each in value] if isinstance(value, list) else value


def _validator(schema: dict[str, Any]) -> Any:
    """Raises ValueError for what is no JSON Schema. References lead nowhere outside, and patterns cannot run long."""
    import jsonschema_rs  # needed by those who use bundles only

    def refuse(uri: str) -> Any:
        raise ValueError(f"references to other documents are not followed ({uri[:100]})")

    try:
        return jsonschema_rs.Draft202012Validator(
            schema, retriever=refuse, pattern_options=jsonschema_rs.RegexOptions()
        )
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
        raise ValueError(f"this is not a JSON Schema: {str(error).splitlines()[0][:200]}") from None
