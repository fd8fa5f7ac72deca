"""OpenAPI 3.0 and 3.1 documents read into operations, and operations into the definitions of HTTP APIs. Pure, but for `load`."""

from opsloom.apis.openapi.drafts import Draft, draft_of
from opsloom.apis.openapi.errors import Broken, DocumentRefused, DocumentTooLarge
from opsloom.apis.openapi.loading import MOST_BYTES, load
from opsloom.apis.openapi.operations import Found, Operation, Problem, read

__all__ = [
    "MOST_BYTES",
    "Broken",
    "DocumentRefused",
    "DocumentTooLarge",
    "Draft",
    "Found",
    "Operation",
    "Problem",
    "draft_of",
    "load",
    "read",
]
