"""A request may ask to be allowed less than its caller: what acts for somebody, such as a screen, then cannot do more than it says."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from opsloom.identity.credentials import Caller
from opsloom.identity.permissions import ALL_PERMISSIONS
from opsloom.kit.errors import InvalidInput

AT_MOST_HEADER: Final = "X-Permissions-At-Most"
"""Permissions separated by commas; an empty value leaves none. It only ever takes away."""


def narrowed(caller: Caller, header: str | None) -> Caller:
    """The caller with no more than the named permissions. Raises InvalidInput for a name that is no permission's."""
    if header is None:
        return caller
    named = {part.strip() for part in header.split(",") if part.strip()}
    unknown = sorted(named - {each.value for each in ALL_PERMISSIONS})
    if unknown:
        raise InvalidInput(
            f"{AT_MOST_HEADER} names no permission: {unknown[0][:100]}.", hint="See the list of roles for their names."
        )
    kept = frozenset(each for each in caller.scope.permissions if each.value in named)
    return replace(caller, scope=replace(caller.scope, permissions=kept))
