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


def test_a_person_who_gives_an_alert_back_makes_it_fire_again():
    able = [state for state in AlertState if next_state(state, Step.UNACKNOWLEDGE)]
    assert able == [AlertState.ACKNOWLEDGED]
    assert next_state(AlertState.ACKNOWLEDGED, Step.UNACKNOWLEDGE) is AlertState.FIRING


def test_what_nobody_speaks_of_any_more_expires():
    assert {next_state(state, Step.LAPSE) for state in (AlertState.FIRING, AlertState.ACKNOWLEDGED)} == {
        AlertState.EXPIRED
    }
