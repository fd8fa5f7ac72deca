"""Values of a call from what is known of an alert."""

from opsloom.rules.actions.filling import fill, words_of

PROOF = {"facts": [{"values": {"value": 1.5}}, {"values": {"value": 97.25, "data['user']": "kim"}}]}


def test_one_place_keeps_its_type_and_text_is_filled_in() -> None:
    words = words_of({"alert": "a-1", "severity": "critical"}, {"item": "web-1", "mount": "/var"}, PROOF)
    given = {
        "load": "{{ value }}",
        "who": "{{data.user}}",
        "host": "{{ item }}",
        "text": "{{ item }} at {{ value }} ({{ attrs.mount }}, {{ nothing }})",
        "plain": "as it stands",
        "gone": "{{ nothing }}",
    }
    assert fill(given, words) == {
        "load": 97.25,
        "who": "kim",
        "host": "web-1",
        "text": "web-1 at 97.25 (/var, )",
        "plain": "as it stands",
        "gone": None,
    }


def test_without_facts_the_labels_are_there() -> None:
    assert fill({"a": "{{ item }}"}, words_of({}, {"item": "x"}, {})) == {"a": "x"}
