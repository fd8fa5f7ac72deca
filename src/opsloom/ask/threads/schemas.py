"""Requests and responses of threads."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import Field

from opsloom.ask.schemas import QuestionSummary
from opsloom.kit.model import Name, Shown, Wire


class ThreadChange(Wire):
    """What is left out stays."""

    title: Name | None = None
    pinned: bool | None = None
    archived: bool | None = None
    shared: bool | None = Field(None, description="Let everybody of the tenant who may ask read it.")


class ThreadSummary(Shown):
    id: UUID
    title: str
    owner_name: str
    mine: bool = Field(description="Only its owner asks in it and changes it.")
    pinned: bool
    archived: bool
    shared: bool
    created_at: datetime
    asked_at: datetime = Field(description="The time of its newest question.")


class ThreadShown(ThreadSummary):
    questions: list[QuestionSummary] = Field(description="The newest 200, oldest first.")


class ExportFormat(StrEnum):
    MARKDOWN = "markdown"
    PDF = "pdf"
