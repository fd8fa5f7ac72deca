"""Outcomes of cases as JUnit XML, which every build server reads. Pure."""

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from opsloom.rules.cases.files import Loaded
from opsloom.rules.cases.schemas import CaseOutcome, RuleCaseBody

Outcomes = Sequence[tuple[RuleCaseBody, CaseOutcome]]


def to_junit(played: Sequence[tuple[Loaded, Outcomes]], seconds: Sequence[float]) -> str:
    """One suite a file, one case a case."""
    root = Element("testsuites", name="opsloom rules test")
    for (loaded, outcomes), spent in zip(played, seconds, strict=True):
        failed = sum(not outcome.passed for _, outcome in outcomes)
        suite = SubElement(
            root, "testsuite", name=loaded.path, tests=str(len(outcomes)), failures=str(failed), time=f"{spent:.3f}"
        )
        for (case, outcome), line in zip(outcomes, loaded.places, strict=True):
            one = SubElement(
                suite, "testcase", classname=loaded.rule.name, name=case.name, file=loaded.path, line=str(line)
            )
            if not outcome.passed:
                sentences = sentences_of(outcome)
                SubElement(one, "failure", message=sentences[0] if sentences else "").text = "\n".join(sentences)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def sentences_of(outcome: CaseOutcome) -> list[str]:
    """What is not as expected, a sentence each."""
    found = [] if outcome.failed is None else [f"The rule failed: {outcome.failed}"]
    for one in outcome.differences:
        if one.actual is None:
            found.append(f"{one.pointer}: expected {one.expected}, and there is none")
        elif one.expected is None:
            found.append(f"{one.pointer}: there is {one.actual}, which is not expected")
        else:
            found.append(f"{one.pointer}: expected {one.expected}, found {one.actual}")
    return found
