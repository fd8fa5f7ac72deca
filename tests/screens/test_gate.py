"""What keeps a screen from being published, and what does not."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloom.screens.gate.bindings import cycle
from opsloom.screens.gate.finding import FindingCode, Level
from opsloom.screens.gate.judge import judge
from screens.made import button, screen

API = {"type": "api", "api": "hosts"}
TEXT = {"type": "text", "id": "note", "text": "{{ data.hosts.value }}"}


def errors(found: list[Any]) -> list[tuple[FindingCode, str, str | None]]:
    return [(each.code, each.pointer, each.component) for each in found if each.level is Level.ERROR]


def test_a_sound_screen_has_no_finding() -> None:
    sound = screen(
        TEXT,
        {"type": "input", "id": "site", "label": {"ko": "사이트", "en": "Site"}, "state": "site"},
        button({"do": "refresh", "data": ["hosts"]}),
        permissions=["apis.run"],
        state={"site": {"initial": "seoul"}},
        data={"hosts": API | {"parameters": {"site": "{{ state.site }}"}}},
    )
    assert judge(sound) == []


@pytest.mark.parametrize(
    ("children", "parts", "expected"),
    [
        ([TEXT, TEXT], {"data": {"hosts": API}, "permissions": ["apis.run"]}, (FindingCode.ID_TAKEN, "/root/children/1/id", "note")),
        ([TEXT], {}, (FindingCode.NAME_UNKNOWN, "/root/children/0/text", "note")),
        ([TEXT], {"data": {"hosts": API}}, (FindingCode.PERMISSION, "/data/hosts", None)),
        ([{"type": "panel", "id": "p", "label": "P"}], {}, (FindingCode.MISPLACED, "/root/children/0", "p")),
        ([{"type": "input", "id": "i", "label": "I"}], {}, (FindingCode.MISPLACED, "/root/children/0/state", "i")),
        ([{"type": "input", "id": "i", "label": "I", "state": "x"}], {}, (FindingCode.NAME_UNKNOWN, "/root/children/0/state", "i")),
        ([button({"do": "open", "component": "go"})], {}, (FindingCode.NAME_UNKNOWN, "/root/children/0/on/click/steps/0", "go")),
        ([button({"do": "navigate"})], {}, (FindingCode.NAME_UNKNOWN, "/root/children/0/on/click/steps/0", "go")),
        ([button({"do": "toast", "text": "x", "otherwise": [{"do": "set_state", "state": "none"}]})], {},
         (FindingCode.NAME_UNKNOWN, "/root/children/0/on/click/steps/0/otherwise/0", "go")),
        ([button(label="")], {}, (FindingCode.LABEL, "/root/children/0/label", "go")),
        ([{"type": "text", "id": "t", "text": "{{ 1 "}], {}, (FindingCode.EXPRESSION, "/root/children/0/text", "t")),
        ([{"type": "link", "id": "l", "label": "L", "href": "javascript:alert(1)"}], {},
         (FindingCode.ADDRESS, "/root/children/0/href", "l")),
        ([{"type": "link", "id": "l", "label": "L", "href": "//evil.example"}], {},
         (FindingCode.ADDRESS, "/root/children/0/href", "l")),
        ([{"type": "image", "id": "i", "alt": "I", "source": "https://elsewhere.example/x.png"}], {},
         (FindingCode.ADDRESS, "/root/children/0/source", "i")),
        ([], {"data": {"a": API | {"refresh_s": 5}, "b": API | {"refresh_s": 5}, "c": API | {"refresh_s": 5},
                       "d": API | {"refresh_s": 5}, "e": API | {"refresh_s": 5}, "f": API | {"refresh_s": 5}},
              "permissions": ["apis.run"]}, (FindingCode.BUDGET, "/data", None)),
        ([], {"data": {"a": API | {"parameters": {"api_key": "s3cr3t"}}}, "permissions": ["apis.run"]},
         (FindingCode.SECRET, "/data/a/parameters/api_key", None)),
        ([], {"data": {"a": API | {"when": "{{ data.b.value }}"}, "b": API | {"parameters": {"x": "{{ data.a.value }}"}}},
              "permissions": ["apis.run"]}, (FindingCode.CYCLE, "/data/a", None)),
        ([], {"title": ""}, (FindingCode.LABEL, "/title", None)),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(
    children: list[dict[str, Any]], parts: dict[str, Any], expected: tuple[FindingCode, str, str | None]
) -> None:
    assert expected in errors(judge(screen(*children, **parts)))


def test_names_in_strings_and_deeper_fields_are_no_names_of_the_screen() -> None:
    text = "{{ item.state.name & 'data.nothing' & $lookup({}, \"state.nothing\") }}"
    assert judge(screen({"type": "text", "id": "t", "text": text})) == []


def test_a_sample_is_data_and_warnings_do_not_stop() -> None:
    table = {"type": "table", "id": "t", "rows": "{{ data.hosts.rows }}", "paging": "none"}
    found = judge(screen(table, permissions=["apis.run"], data={"hosts": API | {"sample": ["{{ data.nothing "]}}))
    assert {each.level for each in found} == {Level.WARNING}
    assert {each.code for each in found} == {FindingCode.BUDGET, FindingCode.LABEL}


def test_a_deep_tree_is_refused_and_a_wide_one_counted() -> None:
    deep: dict[str, Any] = {"type": "column", "id": "end"}
    for level in range(30):
        deep = {"type": "column", "id": f"c{level}", "children": [deep]}
    assert FindingCode.TOO_LARGE in {each.code for each in judge(screen(deep))}
    rows = [
        {"type": "row", "id": f"r{row}", "children": [{"type": "divider", "id": f"d{row}x{at}"} for at in range(120)]}
        for row in range(9)
    ]
    assert FindingCode.TOO_LARGE in {each.code for each in judge(screen(*rows))}


@given(st.dictionaries(st.sampled_from("abcdef"), st.sets(st.sampled_from("abcdef")), max_size=6))
def test_a_circle_is_found_exactly_where_there_is_one(graph: dict[str, set[str]]) -> None:
    found = cycle(graph)
    reach = {node: set(following) & graph.keys() for node, following in graph.items()}
    for _ in graph:
        reach = {node: far | {two for one in far for two in reach[one]} for node, far in reach.items()}
    assert bool(found) == any(node in far for node, far in reach.items())
    if found:
        assert found[0] == found[-1]
        assert all(step in graph[here] for here, step in pairwise(found))
