"""Inhibition, as Alertmanager has it."""

from opsloom.alerts.lifecycle import MuteKind
from opsloom.alerts.silences.matchers import parse
from opsloom.alerts.silences.muting import Firing, InhibitionRule, Mute, inhibitor
from opsloom.kit.ids import new_id

RULE = InhibitionRule(
    Mute(MuteKind.INHIBITION, new_id(), "critical hides warning", None),
    source=(parse("severity=critical"),),
    target=(parse("severity=~warning|critical"),),
    equal=("item", "zone"),
)


def alert(severity: str, **labels: str) -> Firing:
    return Firing(new_id(), {"severity": severity, **labels})


def test_a_source_with_the_same_labels_hides_a_target() -> None:
    source, elsewhere = alert("critical", item="a"), alert("critical", item="b")
    target = alert("warning", item="a")
    assert inhibitor(RULE, target, [elsewhere, source]) == source
    assert inhibitor(RULE, target, [elsewhere]) is None
    assert inhibitor(RULE, alert("warning", item="a", zone="x"), [source]) is None
    assert inhibitor(RULE, alert("info", item="a"), [source]) is None


def test_alerts_that_are_both_do_not_hide_each_other() -> None:
    one, other = alert("critical", item="a"), alert("critical", item="a")
    assert inhibitor(RULE, one, [one, other]) is None
