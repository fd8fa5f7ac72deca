"""The kind `template`: a bundle that is kept in the registry, to be used as often as it is needed."""

from typing import Annotated, Final

from pydantic import BaseModel, Field, StringConstraints, field_validator
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets.code.bundle import Bundle, Filling, Manifest, render
from opsloom.assets.code.document import is_path, read_sources
from opsloom.assets.code.errors import FilesInvalid, ParametersRefused
from opsloom.assets.code.reading import pointer_of
from opsloom.assets.kinds import Kinds, PlainKind
from opsloom.assets.models import Asset
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Scope
from opsloom.kit.errors import FieldProblem, InvalidInput
from opsloom.kit.model import Text, Wire

TEMPLATE: Final = "template"


class TemplateContent(Wire):
    """A manifest and the files it is about, by path."""

    manifest: Manifest
    files: dict[str, Annotated[Text, StringConstraints(min_length=1, max_length=1_000_000)]] = Field(
        min_length=1, max_length=1000
    )

    @field_validator("files")
    @classmethod
    def _are_assets(cls, files: dict[str, str]) -> dict[str, str]:
        for path in files:
            if not is_path(path):
                raise ValueError(f"{path[:200]} is no path of an asset; it is <kind>/<key>.yaml")
        return files

    def read(self) -> Bundle:
        """The bundle. Raises FilesInvalid."""
        wanted = self.manifest.files or sorted(self.files)
        sources, flaws = read_sources({path: self.files[path] for path in wanted if path in self.files})
        if flaws:
            raise FilesInvalid(flaws)
        return Bundle(self.manifest, sources)


class TemplateKind(PlainKind):
    """In force only if it can be used with its defaults, where every parameter has one."""

    name = TEMPLATE
    model: type[BaseModel] = TemplateContent
    read = Permission.ASSETS_READ
    write = Permission.ASSETS_WRITE

    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds

    async def check(self, session: AsyncSession, scope: Scope, asset: Asset, content: BaseModel) -> None:
        """Raises InvalidInput that names each flaw of its files with line and column."""
        assert isinstance(content, TemplateContent)
        try:
            render(content.read(), Filling({}), self._kinds)
        except ParametersRefused:
            return  # a parameter without a default: what it makes is judged when it is used
        except FilesInvalid as error:
            details = [
                FieldProblem(pointer=pointer_of(["files", flaw.file]), detail=str(flaw), code=flaw.code)
                for flaw in error.flaws[:100]
            ]
            raise InvalidInput(f"A file of the template cannot be used: {error.flaws[0]}", details=details) from None
