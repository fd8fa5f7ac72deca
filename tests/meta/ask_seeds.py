"""Questions for the generated tests: two threads, the canary in every text."""

from typing import TYPE_CHECKING, Any

from opsloom.infra.core import Core

if TYPE_CHECKING:
    from meta.seeds import Body, Door, Seeds

SLOTS = {"thread_id": "thread"}


def question_body(ids: dict[str, str]) -> dict[str, Any]:
    """A question about an item that was chosen among several. In a thread only where that is what is probed: one question in a
    thread changes what the next one there follows."""
    body = {"text": f"What was the highest CPU of {ids['item_name']} yesterday?", "item_id": ids["item_id"]}
    return body if ids["thread_id"] == ids["thread"] else body | {"thread_id": ids["thread_id"]}


BODIES: "dict[str, Body]" = {
    "ask_question": question_body,
    "follow_question": question_body,
    "change_thread": lambda _ids: {"title": "probe"},
}


async def questions(door: "Door", seeds: "Seeds", _core: Core) -> None:
    """Two threads, since they are listed by pages, and a question with evidence that runs again."""
    name = seeds.canary
    for words in ("highest", "lowest"):
        text = f"What was the {words} CPU of {name} 1 in the last 10 minutes?"
        asked = await door.post("/questions", {"text": text, "new_thread": True}, status=200)
        assert asked["references"], asked
    seeds.ids["thread"], seeds.ids["question"] = asked["thread_id"], asked["id"]
