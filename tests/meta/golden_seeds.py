"""Golden questions for the generated tests: one in force, and a run that has asked it, the canary in every text."""

from typing import TYPE_CHECKING

from opsloom.ask.blocks import AnswerStatus
from opsloom.ask.golden.models import GoldenResult, GoldenRun
from opsloom.ask.golden.report import Report
from opsloom.infra.core import Core
from opsloom.inventory.models import DemoWorld
from opsloom.kit.ids import new_id

if TYPE_CHECKING:
    from meta.seeds import Body, Door, Seeds

SLOTS_OF = {
    ("get_golden_run", "run_id"): "golden_run",
    ("change_golden_run", "run_id"): "golden_run",
    ("get_golden_result", "run_id"): "golden_run",
    ("get_golden_result", "key"): "golden_question",
}
BODIES: "dict[str, Body]" = {"start_golden_run": lambda ids: {"keys": [ids["golden_question"]]}}


async def golden(door: "Door", seeds: "Seeds", core: Core) -> None:
    """A question in force, two ended runs, and the made-up company that its clock comes from."""
    name, now = seeds.canary, core.clock.now()
    content = {"question": f"How many servers are there? {name}", "language": "en", "category": name}
    made = await door.post("/assets", {"kind": "golden_question", "name": f"{name} golden", "content": content})
    await door.post(f"/assets/{made['id']}/publish", {"comment": name}, status=200)
    run_ids = [new_id(), new_id()]
    seeds.ids |= {"golden_run": str(run_ids[0]), "golden_question": made["key"]}
    report = Report(
        question=name, category=name, language="en", findings=[], status=AnswerStatus.ANSWERED, decision=None,
        plan=name, blocks=[], gaps=[], assets=[],
    )  # fmt: skip
    async with core.db.transaction(seeds.tenant.scope) as session:
        session.add_all(
            GoldenRun(
                tenant_id=seeds.tenant.id, id=run_id, started_at=now, ended_at=now, reason="demand", asked_for="",
                started_by=name, now=now, total=1, passed=1, warned=0, failed=0, baseline=False,
            )
            for run_id in run_ids
        )  # fmt: skip
        await session.flush()
        session.add(
            GoldenResult(
                tenant_id=seeds.tenant.id, run_id=run_ids[0], key=made["key"], outcome="pass", cause=None,
                body=report.model_dump(mode="json"), took_ms=1.0,
            )
        )  # fmt: skip
        world = {"anchor": now, "days": 1, "size": "small", "live": False, "written_until": now}
        session.add(DemoWorld(tenant_id=seeds.tenant.id, **world))
