"""Cases, played by the engine, judged by what is expected; without a database."""

from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from typer.testing import CliRunner

from opsloom.assets.code.errors import FilesInvalid
from opsloom.cli import app
from opsloom.rules.cases.coverage import merged
from opsloom.rules.cases.files import load, rule_id
from opsloom.rules.cases.play import play
from opsloom.rules.cases.schemas import CaseOutcome, RuleCaseBody
from opsloom.rules.document import RuleDocument
from opsloom.rules.program import Identity, compile_rule

CPU = {
    "kind": "threshold",
    "source": {"type": "metric", "metric": "cpu.usage"},
    "condition": "value > 90 AND item = 'web-1'",
    "for_s": 60,
}
WARM = {"item": "web-1", "every": "30s", "values": [80, 95, 96, 97, 98, 40]}


def played(case: dict[str, Any], rule: dict[str, Any] = CPU) -> CaseOutcome:
    program = compile_rule(RuleDocument.model_validate(rule).root, Identity(rule_id("cpu"), 0, "CPU"))
    return play(program, (), RuleCaseBody.model_validate({"name": "case", **case}))


def test_a_case_that_says_what_happens_passes() -> None:
    outcome = played(
        {
            "facts": [WARM, {"item": "db-1", "every": 30, "values": [95, 95]}],
            "firings": [{"at": "1m30s", "resolved": "2m30s", "labels": {"item": "web-1"}, "title": "CPU: web-1"}],
            "states": [
                {"at": 60, "firing": [], "pending": [{"item": "web-1"}]},
                {"at": "2m", "firing": [{"item": "web-1"}], "pending": []},
                {"at": 150, "firing": []},
            ],
        }
    )
    assert (outcome.differences, outcome.passed) == ([], True)
    assert (outcome.coverage.taken, outcome.coverage.total) == (8, 8)


@pytest.mark.parametrize(
    ("case", "pointers"),
    [
        ({"firings": []}, ["/firings"]),
        ({"firings": [{"at": 80}]}, ["/firings/0/at"]),
        ({"firings": [{"at": 90, "resolved": "never"}]}, ["/firings/0/resolved"]),
        ({"firings": [{"at": 90, "labels": {"item": "db-1"}}]}, ["/firings/0", "/firings"]),
        ({"firings": [{"at": 90, "title": "x"}]}, ["/firings/0/title"]),
        ({"states": [{"at": 100, "firing": []}]}, ["/states/0/firing"]),
        ({"states": [{"at": 60, "firing": [], "pending": []}]}, ["/states/0/pending"]),
    ],
)
def test_each_difference_names_its_place(case: dict[str, Any], pointers: list[str]) -> None:
    outcome = played({"facts": [WARM], **case})
    assert not outcome.passed
    assert [one.pointer for one in outcome.differences] == pointers


def test_silence_and_facts_that_come_late_are_played_at_their_arrival() -> None:
    silent = CPU | {"no_data": {"policy": "alert", "after_s": 120}, "condition": "value > 90"}
    outcome = played(
        {
            "facts": [{"item": "a", "value": 1}, {"item": "b", "at": 10, "arrives": "5m", "value": 1}],
            "firings": [{"at": 120, "labels": {"item": "a"}, "resolved": "never"}],
            "until": 300,
        },
        silent,
    )
    assert outcome.passed, outcome.differences


def test_coverage_names_the_branch_that_no_case_takes() -> None:
    quiet = played({"facts": [{"item": "web-1", "every": 30, "values": [1, 2]}], "firings": []})
    never = {(part.part, part.true > 0, part.false > 0) for part in quiet.coverage.parts}
    assert never == {
        ("value > 90 AND item = 'web-1'", False, True),
        ("value > 90", False, True),
        ("item = 'web-1'", True, False),
    }
    assert quiet.coverage.steps == {}
    assert merged([quiet.coverage, played({"facts": [WARM], "firings": [{"at": 90}]}).coverage]).taken == 7


@given(st.lists(st.floats(0, 100), min_size=1, max_size=30), st.integers(1, 90))
def test_what_a_play_found_is_what_a_case_may_expect(values: list[float], every: int) -> None:
    facts = [{"item": "web-1", "every": every, "values": values}]
    first = played({"facts": facts, "firings": []})
    expected = [
        {"at": one.at, "labels": one.labels, "resolved": "never" if one.resolved is None else one.resolved}
        for one in first.firings
    ]
    assert played({"facts": facts, "firings": expected}).passed


@pytest.mark.parametrize(
    "case", [{"facts": [WARM]}, {"facts": [], "firings": []}, {"facts": [{"at": "soon"}], "firings": []}]
)
def test_a_case_that_asks_nothing_or_cannot_be_read_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        RuleCaseBody.model_validate({"name": "case", **case})


FILE = """
rule: rule/cpu.yaml
cases:
  - name: fires
    facts: [{item: web-1, every: 30s, values: [95, 96, 97]}]
    firings: [{at: 60}]
  - name: does not
    facts: [{item: web-1, every: 30s, values: [95, 96, 97]}]
    firings: []
"""
RULE = """
kind: rule
key: cpu
name: CPU
content: {kind: threshold, source: {type: metric, metric: cpu.usage}, condition: value > 90, for_s: 60}
"""


def test_files_are_played_from_the_command_line_with_junit_and_coverage(tmp_path: Path) -> None:
    (tmp_path / "rule").mkdir()
    (tmp_path / "rule" / "cpu.yaml").write_text(RULE)
    file = tmp_path / "cpu.test.yaml"
    file.write_text(FILE)
    report = tmp_path / "junit.xml"
    ran = CliRunner().invoke(app, ["rules", "test", str(tmp_path), "--junit", str(report)])
    assert ran.exit_code == 1, ran.output
    assert "3 of 4 branches" not in ran.output
    assert "never false: /condition value > 90" in ran.output
    suite = fromstring(report.read_text())[0]
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert [(case.get("name"), case.get("line"), len(case)) for case in suite] == [
        ("fires", "4", 0),
        ("does not", "7", 1),
    ]
    file.write_text(FILE.split("  - name: does not", maxsplit=1)[0])
    assert CliRunner().invoke(app, ["rules", "test", str(file)]).exit_code == 0
    assert CliRunner().invoke(app, ["rules", "test", str(file), "--cover", "90"]).exit_code == 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("rule/cpu.yaml", "rule/gone.yaml"), ":2:7: There is no file rule/gone.yaml."),
        (("at: 60", "at: soon"), ":6:20: at: must be seconds"),
        (("facts", "fact"), "“fact” here"),
    ],
)
def test_a_file_that_cannot_be_used_names_its_place(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    (tmp_path / "rule").mkdir()
    (tmp_path / "rule" / "cpu.yaml").write_text(RULE)
    file = tmp_path / "cpu.test.yaml"
    file.write_text(FILE.replace(*change))
    with pytest.raises(FilesInvalid) as refused:
        load(file)
    assert any(says in str(flaw) for flaw in refused.value.flaws), refused.value.flaws
    assert CliRunner().invoke(app, ["rules", "test", str(file)]).exit_code == 2
    broken = tmp_path / "broken.test.yaml"
    broken.write_text(
        FILE.replace("rule: rule/cpu.yaml", "rule: {kind: threshold, source: {type: event}, condition: value > 1}")
    )
    with pytest.raises(FilesInvalid) as placed:
        load(broken)
    assert (placed.value.flaws[0].line, placed.value.flaws[0].pointer) == (2, "/condition")


EVENTS: dict[str, Any] = {"source": {"type": "event"}, "keys": ["subject"]}
BUSY = EVENTS | {
    "kind": "aggregate",
    "window": {"type": "tumbling", "size_s": 60},
    "measures": [{"name": "n", "function": "count"}, {"name": "worst", "function": "max", "of": "data.v"}],
    "having": "n >= 2 OR worst > 9",
}
STEPS = EVENTS | {
    "kind": "sequence",
    "within_s": 60,
    "steps": [
        {"name": "order", "condition": "type = 'order'"},
        {"name": "paid", "condition": "type = 'paid' AND data.v < order.data.v"},
    ],
}


@pytest.mark.parametrize(
    ("rule", "facts", "never"),
    [
        (BUSY, [{"times": 2, "every": 5, "data": {"v": 1}}, {"at": 70, "data": {"v": 1}}], {("worst > 9", "true")}),
        (
            STEPS,
            [{"type": "order", "data": {"v": 5}}, {"at": 5, "type": "paid", "data": {"v": 9}}],
            {("type = 'paid' AND data['v'] < order.data['v']", "true"), ("data['v'] < order.data['v']", "true")},
        ),
        (
            STEPS,
            [
                {"type": "order", "subject": "other", "data": {"v": 99}},
                {"type": "order", "data": {"v": 5}},
                {"at": 5, "type": "paid", "data": {"v": 4}},
                {"at": 6, "type": "paid", "data": {"v": 9}},
            ],
            set(),
        ),
    ],
    ids=["having", "a step that reads another", "each key by itself"],
)
def test_measures_and_steps_are_covered(rule: dict[str, Any], facts: list[dict[str, Any]], never: set[Any]) -> None:
    outcome = played(
        {"facts": [{"subject": "x"} | fact for fact in facts], "states": [{"at": 0, "firing": []}], "until": 130}, rule
    )
    parts = outcome.coverage.parts
    found = {(one.part, "true") for one in parts if not one.true} | {
        (one.part, "false") for one in parts if not one.false
    }
    assert found == never
