"""Rewording: facts stay as they are and where they are, or our own text does."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ask.llm.conftest import Desk
from fakes.model import says
from fakes.receiver import answers
from opsloom.ask.blocks import Answer, AnswerStatus, MarkdownBlock, Reference
from opsloom.ask.llm.calls import Models
from opsloom.ask.llm.wording import ModelWords, facts, same_facts
from opsloom.ask.plan import Language

OURS = "The average CPU of web-01 was 42.5 % yesterday, 3.1 % above Checkout [r1]."
NAMES = ["Checkout", "web-01"]
REFERENCE = Reference(
    id="r1", step_id="s1", tool="metric_query", title="cpu", sql="select 1", parameters=[], columns=["item", "value"],
    rows=[{"item": "web-01", "value": 42.5}, {"item": "Checkout", "value": 39.4}], row_count=2, truncated=False,
    ran_at=datetime(2026, 3, 2, tzinfo=UTC), took_ms=1.0,
)  # fmt: skip


@pytest.mark.parametrize(
    "theirs",
    [
        OURS,
        "Yesterday's CPU on web-01 averaged 42.5 %, which is 3.1 % more than on Checkout [r1].",
        "web-01: on average 42.5% CPU, that is 3.1% over Checkout. [r1]",
    ],
)
def test_the_same_facts_in_other_words(theirs: str) -> None:
    said = theirs.replace("Yesterday's CPU on web-01 averaged", "The CPU of web-01 averaged")
    said = said.replace("web-01: on average 42.5% CPU", "CPU of web-01: on average 42.5%")
    assert same_facts(OURS, said, NAMES)


@pytest.mark.parametrize(
    "theirs",
    [
        "The average CPU of web-01 was 43 % yesterday, 3.1 % above Checkout [r1].",
        "The average CPU of web-01 was 3.1 % yesterday, 42.5 % above Checkout [r1].",
        "The average CPU of Checkout was 42.5 % yesterday, 3.1 % above web-01 [r1].",
        "The average CPU of web-01 was 42.5 ms yesterday, 3.1 % above Checkout [r1].",
        "The average CPU of web-02 was 42.5 % yesterday, 3.1 % above Checkout [r1].",
        "The average CPU of web-01 was 42.5 % yesterday [r1].",
        "The average CPU of web-01 was 42.5 % yesterday, 3.1 % above Checkout [r1], on 2026-03-01.",
        "The average CPU of web-01 was 42.5 % yesterday, 3.1 % above Checkout [r2].",
        "The average CPU of web-01 was -42.5 % yesterday, 3.1 % above Checkout [r1].",
        "",
    ],
)
def test_an_altered_fact_is_seen(theirs: str) -> None:
    assert not same_facts(OURS, theirs, NAMES)


@given(st.text(max_size=200), st.integers(0, 10**6), st.integers(0, 10**6))
def test_another_number_is_never_the_same(text: str, one: int, other: int) -> None:
    assert same_facts(f"{text} {one} %", f"{text} {other} %", []) == (one == other)
    assert facts(f"{text} {one} %", [])


def answer() -> Answer:
    blocks = [MarkdownBlock(text=OURS, references=["r1"]), MarkdownBlock(text="Read from one query.")]
    return Answer(language=Language.EN, status=AnswerStatus.ANSWERED, blocks=blocks, references=[REFERENCE])


async def words(desk: Desk) -> tuple[list[str], str]:
    made = await ModelWords(desk.linked.core.part(Models)).reword(desk.scope, answer())
    return [block.text for block in made.answer.blocks if isinstance(block, MarkdownBlock)], made.outcome


async def test_what_holds_to_the_facts_is_shown_and_the_rest_is_ours(bare: Desk) -> None:
    await bare.allow(rephrasing=True)
    better = "CPU of web-01: 42.5 % on average yesterday, 3.1 % over Checkout [r1]."
    bare.receiver.script = [
        says(json.dumps({"paragraphs": [better, "Read from 7 queries."]})),
        says(json.dumps({"paragraphs": ["It was 99 %!", "One query says so."]})),
        says("{}"),
        answers(400),
    ]
    assert await words(bare) == ([better, "Read from one query."], "reworded 1 of 2")
    assert await words(bare) == ([OURS, "One query says so."], "reworded 1 of 2")
    texts, outcome = await words(bare)
    assert texts[0] == OURS
    assert outcome.startswith("not reworded: the answer holds no list")
    assert (await words(bare))[1] == "not reworded: tool"


async def test_no_model_is_asked_to_reword_unless_the_policy_says_so(desk: Desk) -> None:
    assert await words(desk) == ([OURS, "Read from one query."], "")
    assert not desk.receiver.received
