"""What the catalogued databases hold, by the words people use for it: where a question about them has to begin."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from opsloom.connections.catalog import service as catalogs
from opsloom.connections.catalog.service import SpokenCatalog
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.kit.model import Text, Wire
from opsloom.tools.service import Builtin

_Word = Annotated[Text, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]


class DataSearch(Wire):
    words: list[_Word] = Field(
        min_length=1, max_length=20, description="Words in any language, each by itself: `orders`, `매출`."
    )
    limit: int = Field(20, ge=1, le=100, description="How many tables at most.")


class DataFound(Wire):
    catalogs: list[SpokenCatalog]


def data_search(core: Core) -> Builtin:
    """Names, types, keys and descriptions of enabled tables and columns; never their rows."""

    async def run(scope: Scope, arguments: Mapping[str, Any]) -> Any:
        asked = DataSearch.model_validate(dict(arguments))
        async with core.db.transaction(scope) as session:
            found = await catalogs.vocabulary(session, scope, about=asked.words, limit=asked.limit)
        return DataFound(catalogs=found).model_dump(mode="json")

    return Builtin(
        "data_search",
        "Data search",
        "Finds tables and columns of the connected databases, with their meaning in English and Korean.",
        "Before a question about business data is put to a database: it says which connection, tables and columns to use.",
        DataSearch.model_json_schema(),
        DataFound.model_json_schema(mode="serialization"),
        Permission.CONNECTIONS_READ,
        run,
    )
