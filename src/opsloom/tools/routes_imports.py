"""Importing OpenAPI documents over HTTP. The routes read their bodies themselves: a document is larger than other bodies."""

from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Request
from pydantic import ValidationError
from starlette.requests import ClientDisconnect

from opsloom.apis.openapi import MOST_BYTES, DocumentTooLarge
from opsloom.identity.access import Caller, allowed, core_of
from opsloom.identity.permissions import Permission
from opsloom.infra.core import Core
from opsloom.infra.problems import read_validation
from opsloom.kit.errors import MalformedRequest
from opsloom.kit.model import Wire
from opsloom.tools import imports
from opsloom.tools.import_schemas import ImportApply, ImportedListShown, ImportRead, ImportShown

router = APIRouter(prefix="/api/v1/imports", tags=["tools"])

CoreOf = Annotated[Core, Depends(core_of)]
Looking = Annotated[Caller, Depends(allowed(Permission.TOOLS_READ, Permission.CONNECTIONS_READ))]
Making = Annotated[Caller, Depends(allowed(Permission.TOOLS_WRITE, Permission.APIS_WRITE, Permission.CONNECTIONS_READ))]
R = TypeVar("R", bound=Wire)
MOST_BODY = 2 * MOST_BYTES
"""JSON text inside JSON is longer than it is."""


def _body_of(model: type[Wire]) -> dict[str, Any]:
    content = {"application/json": {"schema": model.model_json_schema()}}
    return {"requestBody": {"required": True, "description": "At most 16 MB.", "content": content}}


@router.post("/openapi", openapi_extra=_body_of(ImportRead))
async def read_openapi(caller: Looking, core: CoreOf, request: Request) -> ImportShown:
    """The operations of an OpenAPI document (3.0, 3.1; JSON or YAML), each with its schemas or what is wrong with it."""
    return await imports.look(core, caller.scope, await _body(request, ImportRead))


@router.post("/openapi/apply", openapi_extra=_body_of(ImportApply))
async def apply_openapi(caller: Making, core: CoreOf, request: Request) -> ImportedListShown:
    """Make HTTP APIs, tools, or both of chosen operations; what cannot be made says why and costs no other."""
    return await imports.apply(core, caller.scope, await _body(request, ImportApply))


async def _body(request: Request, model: type[R]) -> R:
    """The request, read with a limit while it arrives. Raises DocumentTooLarge, MalformedRequest, InvalidInput."""
    too_large = DocumentTooLarge(f"The body is larger than {MOST_BODY} bytes.", hint="Leave out what is not needed.")
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MOST_BODY:
                raise too_large
    except ClientDisconnect:
        raise MalformedRequest("The connection ended before the body did.") from None
    try:
        return model.model_validate_json(bytes(body))
    except ValidationError as error:
        found = [_in_body(dict(each)) for each in error.errors(include_url=False, include_input=False)]
        raise read_validation(found) from None


def _in_body(found: dict[str, object]) -> dict[str, object]:
    location = found["loc"]
    assert isinstance(location, tuple)
    return found | {"loc": ("body", *location)}
