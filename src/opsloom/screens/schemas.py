"""Requests and responses of screens."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from opsloom.identity.permissions import Permission
from opsloom.kit.model import JsonObject, Shown, Wire
from opsloom.screens.document.base import Words
from opsloom.screens.document.screen import Screen
from opsloom.screens.gate.finding import Finding


class ScreenContent(Wire):
    """A screen's document as an editor holds it; it need not be valid."""

    content: JsonObject


class ScreenJudged(Shown):
    """What the gate says of a document."""

    publishable: bool
    findings: list[Finding]


class ScreenSummary(Shown):
    id: UUID
    key: str
    slug: str
    name: str
    version: int
    title: Words
    description: Words


class ApiAddress(Shown):
    """Where a published API is called."""

    path: str
    method: str


class ScreenShown(ScreenSummary):
    """A published screen for its viewer."""

    document: Screen
    permissions: list[Permission] = Field(
        description="What the page may do for this viewer: no more than he may, and no more than it declares."
    )
    apis: dict[str, ApiAddress] = Field(
        description="The published APIs it calls, by key; one that is missing is not in force."
    )
    missing: list[Permission] = Field(description="What it declares and this viewer may not do.")
