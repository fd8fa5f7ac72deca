"""Shapes of calls over HTTP."""

from datetime import datetime
from typing import Any
from uuid import UUID

from opsloom.kit.model import Shown
from opsloom.rules.actions.models import CallOutcome


class RuleCallShown(Shown):
    """One action of a rule for one transition of an alert; `run_id` is among the runs in the background."""

    id: UUID
    alert_id: UUID
    step: str
    api: str
    parameters: dict[str, Any]
    outcome: CallOutcome
    detail: str
    run_id: UUID | None
    created_at: datetime
    ended_at: datetime | None
