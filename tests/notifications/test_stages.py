"""What a stage drops is written down for each channel that would have been told."""

from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession
from tests.notifications.conftest import AlertFact, Desk, TransitionFact

from opsloom.identity.scope import Scope
from opsloom.notifications.stages import Dropped, Stages
from opsloom.notifications.subject import Subject
from opsloom.notifications.telling import Telling


@dataclass
class Hush:
    """Drops what has a label, and remembers what it was asked."""

    name: str
    label: str
    asked: list[str] = field(default_factory=list)

    async def judge(self, session: AsyncSession, scope: Scope, subject: Subject) -> Dropped | None:
        self.asked.append(subject.title)
        if self.label not in subject.labels:
            return None
        return Dropped("silenced", f"A silence holds for {self.label}.", by=f"silence-of-{self.label}")


async def test_a_drop_is_one_line_for_each_channel_with_the_stage_and_the_reason(desk: Desk) -> None:
    first, second = Hush("silence", "quiet"), Hush("inhibit", "host")
    telling = Telling(Stages([first, second]))
    hook = await desk.webhook("https://hooks.example/x")
    transition = TransitionFact()
    for _ in range(2):
        async with desk.core.db.transaction(desk.tenant.scope) as session:
            await telling(session, desk.tenant.scope, AlertFact(), transition)
    lines = await desk.ledger()
    assert {line.channel_type for line in lines} == {"in_app", "webhook"}
    for line in lines:
        assert (line.status, line.stage, line.reason) == ("dropped", "inhibit", "silenced")
        assert (line.detail, line.dropped_by) == ("A silence holds for host.", "silence-of-host")
        assert (line.attempts, line.next_attempt_at) == (0, None)
        assert line.finished_at is not None
    assert await desk.queued(await desk.line(hook)) == []
    assert len(first.asked) == 2, "an earlier stage is asked first"


async def test_the_first_stage_that_drops_ends_the_asking(desk: Desk) -> None:
    first, second = Hush("silence", "host"), Hush("inhibit", "host")
    async with desk.core.db.transaction(desk.tenant.scope) as session:
        await Telling(Stages([first, second]))(session, desk.tenant.scope, AlertFact(), TransitionFact())
    assert [line.stage for line in await desk.ledger()] == ["silence"]
    assert second.asked == []


async def test_what_no_channel_takes_asks_no_stage(desk: Desk) -> None:
    hush = Hush("silence", "host")
    async with desk.core.db.transaction(desk.tenant.scope) as session:
        pending = TransitionFact(from_state=None, to_state="pending")
        await Telling(Stages([hush]))(session, desk.tenant.scope, AlertFact(), pending)
    assert (await desk.ledger(), hush.asked) == ([], [])


async def test_what_a_stage_dropped_can_still_be_sent_by_hand(desk: Desk) -> None:
    from opsloom.notifications import service

    hook = await desk.webhook("https://hooks.example/x")
    async with desk.core.db.transaction(desk.tenant.scope) as session:
        await Telling(Stages([Hush("silence", "host")]))(session, desk.tenant.scope, AlertFact(), TransitionFact())
    dropped = await desk.line(hook)
    async with desk.core.db.transaction(desk.tenant.scope) as session:
        again = await service.resend(session, desk.tenant.scope, dropped.id)
    assert (again.status, again.resent_from, again.stage) == ("pending", dropped.id, None)
