"""Calls to language models for the generated tests, with the canary in every text. No policy is in force: nothing asks a model."""

from typing import TYPE_CHECKING
from uuid import UUID

from opsloom.ask.llm.models import LlmCall, LlmDay
from opsloom.infra.core import Core
from opsloom.kit.ids import new_id

if TYPE_CHECKING:
    from meta.seeds import Body, Door, Seeds

SLOTS = {"call_id": "llm_call"}
SLOTS_OF = {
    ("list_llm_calls", "connection"): "llm_connection",
    ("list_llm_calls", "trace_id"): "llm_trace",
}
BODIES: "dict[str, Body]" = {"draft_rule": lambda _ids: {"text": "tell me when a disk is full"}}


async def calls(door: "Door", seeds: "Seeds", core: Core) -> None:
    """Two calls, what they took of a day, a prompt in force and a policy that is a draft."""
    name, ids, now = seeds.canary, [new_id(), new_id()], core.clock.now()
    seeds.ids["llm_call"] = str(ids[0])
    seeds.ids["llm_connection"] = seeds.ids["llm_trace"] = name
    async with core.db.transaction(seeds.tenant.scope) as session:
        for call_id in ids:
            session.add(
                LlmCall(
                    tenant_id=seeds.tenant.id, id=call_id, at=now, purpose="plan", trace_id=name, asked_by=None,
                    asked_by_name=name, connection=name, provider="openai", model=name, prompt_key=name,
                    prompt_version=1, attempts=1, tokens_in=1, tokens_out=1, cost=0.1, took_ms=1.0, outcome="failed",
                    family="tool", detail=name, prompt=name, answer=name,
                )
            )  # fmt: skip
        day = {"day": now.date(), "tokens": 2, "cost": 0.1, "held_tokens": 0, "held_cost": 0.0}
        session.add(LlmDay(tenant_id=UUID(str(seeds.tenant.id)), **day))
    content = {"purpose": "draft_rule", "description": name, "text": f"Draft a rule for {name}, as is asked."}
    prompt = await door.post("/assets", {"kind": "prompt", "name": f"{name} prompt", "content": content})
    await door.post(f"/assets/{prompt['id']}/publish", {"comment": name}, status=200)
    policy = {"model": name, "fallback_model": name}
    await door.post("/assets", {"kind": "model_policy", "name": f"{name} policy", "content": policy})
