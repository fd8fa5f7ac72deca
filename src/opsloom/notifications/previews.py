"""What a template would say, without sending anything."""

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from opsloom.infra.aside import Aside
from opsloom.infra.core import Core
from opsloom.notifications import composing, plain
from opsloom.notifications.composing import Draft
from opsloom.notifications.content import Language
from opsloom.notifications.pipeline import render
from opsloom.notifications.schemas import PreviewShown, SaidShown
from opsloom.notifications.subject import Subject
from opsloom.notifications.words import ACKNOWLEDGE, TemplateContent

_NOON: Final = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
_ID: Final = UUID(int=1)


def sample() -> str:
    """A made-up alert, as programs are told of it."""
    subject = Subject(
        alert_id=_ID,
        rule_id=_ID,
        rule_name="Busy checkout",
        key="host=web-01",
        title="CPU of web-01 is above 90 %",
        description="For one minute the CPU was above its threshold.",
        severity="critical",
        labels={"service": "checkout", "host": "web-01"},
        started_at=_NOON,
        fired_at=_NOON,
        resolved_at=None,
        transition_id=_ID,
        at=_NOON,
        from_state="pending",
        to_state="firing",
        actor="system",
        reason="condition true for 1 min",
        channels=(),
    )
    return render(subject).body


async def preview(core: Core, content: TemplateContent, body: dict[str, Any]) -> PreviewShown:
    """A template's words about a message in both languages, and what its expressions can name."""
    alert_id = body.get("data", {}).get("alert", {}).get("id")
    link = None if alert_id is None else f"{core.settings.origin}/alerts?selected={alert_id}"
    acknowledge = ACKNOWLEDGE if body.get("type") == "alert.firing" else None
    said = {}
    for language in Language:
        made = Draft(body, language, link, acknowledge, wording=content.wording(language))
        composed = await composing.compose(core.part(Aside), made)
        said[language] = SaidShown(title=composed.words.title, text=composed.words.text, flaw=composed.flaw)
    context = plain.context(body, link, can_acknowledge=acknowledge is not None)
    return PreviewShown(ko=said[Language.KO], en=said[Language.EN], context=context)
