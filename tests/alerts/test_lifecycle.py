from opsloom.alerts.lifecycle import OPEN, AlertState, Step, next_state

ENGINE = (Step.PEND, Step.FIRE, Step.CLEAR, Step.DROP, Step.WITHDRAW)


def test_closed_alerts_stay_closed():
    for state in (AlertState.RESOLVED, AlertState.EXPIRED):
        assert all(next_state(state, step) is None for step in Step)


def test_every_open_state_can_be_ended_by_taking_the_rule_away():
    assert {next_state(state, Step.WITHDRAW) for state in OPEN} == {AlertState.EXPIRED}


def test_only_a_firing_alert_can_be_acknowledged():
    able = [state for state in AlertState if next_state(state, Step.ACKNOWLEDGE)]
    assert able == [AlertState.FIRING]


def test_a_rule_cannot_fire_twice():
    assert next_state(AlertState.FIRING, Step.FIRE) is None
    assert next_state(AlertState.ACKNOWLEDGED, Step.FIRE) is None
    assert next_state(AlertState.ACKNOWLEDGED, Step.CLEAR) is AlertState.RESOLVED
