"""Questions in both languages and the plans they become, by what is asked for: over a fixed company, without a database."""

import pytest

from ask.questions import (
    COMPARISONS,
    CONFIGURATION,
    COUNTS,
    FOLLOW_UPS,
    GROUPS,
    HISTORY,
    PLACES,
    RANKINGS,
    REASONS,
    REFUSALS,
    RELATIONS,
    SHARES,
)
from ask.wide_company import IDS, WORLD, asked, planned, sketch
from opsloom.ask.plan import Clarify, Mode, Refusal
from opsloom.ask.planning.previous import Context


@pytest.mark.parametrize(
    ("text", "plan"),
    [*COUNTS, *SHARES, *PLACES, *RANKINGS, *COMPARISONS, *GROUPS, *RELATIONS, *HISTORY, *CONFIGURATION, *REASONS],
)
def test_a_question_becomes_its_plan(text: str, plan: str) -> None:
    assert sketch(planned(text)) == plan


@pytest.mark.parametrize(("before", "text", "plan"), FOLLOW_UPS)
def test_a_follow_up_completes_itself_from_the_question_before(before: str, text: str, plan: str) -> None:
    made = planned(text, before)
    assert sketch(made) == plan
    assert "carried_over" in [note.code for note in made.notes]


def test_a_reference_means_the_items_of_the_answer_before() -> None:
    made = planned("그 서버들의 메모리는?", "어제 CPU가 가장 높은 서버 3대", listed=("web-01", "pay-01"))
    assert sketch(made) == (
        "metric metric=memory.usage item=web-01,pay-01 shape=by_item limit=3 [11-17 00:00 11-18 00:00)"
    )
    made = planned("How many of those are in Busan?", "Top 3 servers by CPU", listed=("web-01", "web-02"))
    assert [step.item_ids for step in made.steps] == [[IDS["web-02"]], [IDS["web-02"]]]


@pytest.mark.parametrize(("text", "reason", "word"), REFUSALS)
def test_what_cannot_be_planned_whole_is_refused_with_the_words(text: str, reason: str, word: str) -> None:
    made = asked(text)
    assert isinstance(made, Refusal), made
    assert (made.reason, ", ".join(made.words[:1])) == (reason, word)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("CPU of web", {"web-01", "web-02", "web-03", "web-04"}),
        ("메인 DB 연결 수", {"orders-db-01", "member-db-01"}),
        ("코어 스위치 상태 어때?", {"core-switch-01", "core-switch-02"}),
    ],
)
def test_a_name_of_several_is_a_choice_that_settles_itself(text: str, names: set[str]) -> None:
    made = asked(text)
    assert isinstance(made, Clarify)
    assert {one.label for one in made.candidates} == names
    for one in made.candidates:
        settled = asked(one.question)
        assert settled.kind == "planned"
        assert [entity.id for entity in settled.plan.entities] == [one.item_id]


@pytest.mark.parametrize(("typo", "name"), [("체크아옷 응답 시간", "checkout"), ("chekcout latency", "checkout")])
def test_a_typing_error_is_corrected_in_both_scripts(typo: str, name: str) -> None:
    made = planned(typo)
    assert [entity.name for entity in made.entities] == [name]
    assert "name_corrected" in [note.code for note in made.notes]


@pytest.mark.parametrize(
    ("text", "mode", "kinds"),
    [
        ("checkout", Mode.CONFIGURATION, ["items"]),
        ("checkout", Mode.METRIC, ["items", "metric", "metric"]),
        ("checkout 이력", Mode.HISTORY, ["events"]),
        ("checkout 배포 목록", Mode.METRIC, "wrong_mode"),
        ("어제 checkout 응답 시간", Mode.HISTORY, "wrong_mode"),
        ("checkout", Mode.DOCUMENT, "no_documents"),
        ("what depends on pay-db-01?", Mode.RELATION, ["relations"]),
        ("어제 checkout 응답 시간", Mode.ALL, ["metric", "metric"]),
    ],
)
def test_a_mode_narrows_the_answer(text: str, mode: Mode, kinds: list[str] | str) -> None:
    made = asked(text, context=Context(mode=mode))
    if isinstance(made, Refusal):
        assert made.reason == kinds
    else:
        assert made.kind == "planned"
        assert [step.kind for step in made.plan.steps] == kinds
        assert made.plan.mode is mode


def test_every_condition_of_a_plan_is_one_that_items_have() -> None:
    for text, _plan in [*COUNTS, *CONFIGURATION]:
        for step in planned(text).steps:
            for one in getattr(step, "filters", []):
                if one.field.startswith("attribute:"):
                    assert one.field.removeprefix("attribute:") in WORLD.attributes.keys
