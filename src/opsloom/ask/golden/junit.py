"""Outcomes of golden questions as JUnit XML, which every build server reads. Pure."""

from collections.abc import Sequence
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, tostring

from opsloom.ask.golden.judge import Finding, Verdict
from opsloom.ask.golden.report import Outcome
from opsloom.ask.golden.running import Done


def to_junit(done: Sequence[Done]) -> str:
    """One suite a category, one case a question."""
    root = Element("testsuites", name="opsloom golden run")
    ordered = sorted(done, key=lambda one: (one.report.category, one.key))
    for category, group in groupby(ordered, key=lambda one: one.report.category):
        each = list(group)
        failed = sum(one.outcome is Outcome.FAIL for one in each)
        spent = sum(one.took_ms for one in each) / 1000
        suite = SubElement(
            root, "testsuite", name=category, tests=str(len(each)), failures=str(failed), time=f"{spent:.3f}"
        )
        for one in each:
            case = SubElement(suite, "testcase", classname=category, name=one.key, time=f"{one.took_ms / 1000:.3f}")
            said = sentences_of(one.report.findings)
            if one.outcome is Outcome.FAIL:
                SubElement(case, "failure", message=said[0]).text = "\n".join((one.report.question, *said))
            elif said:
                SubElement(case, "system-out").text = "\n".join(said)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def sentences_of(findings: Sequence[Finding]) -> list[str]:
    """What is not right, a sentence each."""
    return [
        f"{one.name}: expected {one.expected}, "
        + (f"the answer says {one.said}" if one.said and one.verdict is Verdict.WRONG else "the answer does not say it")
        for one in findings
        if one.verdict is not Verdict.RIGHT
    ]
