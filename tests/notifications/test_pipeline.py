"""Which channel gets what, and why not; pure."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloom.kit.ids import new_id
from opsloom.notifications.content import Channel, ChannelContent, InAppConfig, Route, Severity, Told, WebhookConfig
from opsloom.notifications.pipeline import DropReason, plan, render, render_test
from opsloom.notifications.routing import DIRECT
from opsloom.notifications.subject import Subject

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

FIRING = Subject(
    alert_id=new_id(),
    rule_id=new_id(),
    rule_name="Busy checkout",
    key="host=web-01",
    title="CPU of web-01 is above 90 %",
    description="Since the release.",
    severity="critical",
    labels={"service": "checkout", "host": "web-01"},
    started_at=NOON,
    fired_at=NOON,
    resolved_at=None,
    transition_id=new_id(),
    at=NOON,
    from_state="pending",
    to_state="firing",
    actor="system",
    reason="condition true for 1 min",
    channels=(),
)


def channel(*, enabled: bool = True, slug: str = "ops", **wanted: object) -> Channel:
    content = ChannelContent(enabled=enabled, route=Route.model_validate(wanted), config=InAppConfig())
    return Channel(id=new_id(), name="Ops", slug=slug, content=content)


@pytest.mark.parametrize(
    ("wanted", "change", "verdict"),
    [
        ({}, {}, None),
        ({}, {"to_state": "resolved", "from_state": "firing"}, None),
        ({}, {"to_state": "expired", "from_state": "acknowledged"}, None),
        ({}, {"to_state": "acknowledged", "from_state": "firing"}, DropReason.STATE_NOT_WANTED),
        ({}, {"to_state": "pending", "from_state": None}, DropReason.NOT_WORTH_TELLING),
        ({}, {"to_state": "expired", "from_state": "pending"}, DropReason.NOT_WORTH_TELLING),
        ({"states": []}, {"to_state": "acknowledged", "from_state": "firing"}, None),
        ({"states": ["resolved"]}, {}, DropReason.STATE_NOT_WANTED),
        ({"severities": ["critical", "warning"]}, {}, None),
        ({"severities": ["info"]}, {}, DropReason.SEVERITY_NOT_WANTED),
        ({"labels": {"service": "checkout"}}, {}, None),
        ({"labels": {"service": "checkout", "host": "web-02"}}, {}, DropReason.LABELS_DIFFER),
        ({"labels": {"region": ""}}, {}, DropReason.LABELS_DIFFER),
        ({"enabled": False}, {}, DropReason.DISABLED),
        ({"only_named": True}, {}, DropReason.NOT_NAMED),
        ({"slug": "ops", "only_named": True}, {"channels": ("ops",)}, None),
        ({"slug": "ops"}, {"channels": ("ops",)}, None),
        ({"slug": "ops"}, {"channels": ("other",)}, DropReason.NOT_NAMED_BY_RULE),
        ({"slug": "ops", "severities": ["info"]}, {"channels": ("ops",)}, None),
        ({"slug": "ops", "states": ["resolved"]}, {"channels": ("ops",)}, DropReason.STATE_NOT_WANTED),
        ({"slug": "ops", "enabled": False}, {"channels": ("ops",)}, DropReason.DISABLED),
    ],
)
def test_route(wanted: dict[str, object], change: dict[str, object], verdict: DropReason | None) -> None:
    ours = channel(**wanted)  # type: ignore[arg-type]
    routed = plan(replace(FIRING, **change), [ours])  # type: ignore[arg-type]
    assert [reason for _, reason in routed.dropped] == ([] if verdict is None else [verdict])
    assert [taken for taken, _ in routed.taken] == ([ours] if verdict is None else [])


def test_a_rule_may_name_a_channel_by_its_id() -> None:
    ours = channel()
    assert plan(replace(FIRING, channels=(str(ours.id),)), [ours]).taken == ((ours, DIRECT),)


@given(
    st.lists(st.sampled_from(list(Told)), unique=True),
    st.lists(st.sampled_from(list(Severity)), unique=True),
    st.dictionaries(st.sampled_from(["service", "host"]), st.sampled_from(["checkout", "web-01", "x"])),
    st.booleans(),
    st.sampled_from(["firing", "acknowledged", "resolved", "expired", "pending"]),
    st.sampled_from(["info", "warning", "critical"]),
)
def test_every_channel_is_either_taken_or_dropped_with_a_reason(
    states: list[Told], severities: list[Severity], labels: dict[str, str], enabled: bool, to: str, severity: str
) -> None:
    some = [channel(enabled=enabled, states=states, severities=severities, labels=labels), channel()]
    routed = plan(replace(FIRING, to_state=to, from_state="firing", severity=severity), some)
    assert sorted([c.id for c, _ in routed.taken] + [c.id for c, _ in routed.dropped]) == sorted(c.id for c in some)


def test_rendering_says_it_in_both_languages_and_for_programs() -> None:
    message = render(FIRING)
    assert message.message == {
        "en": "[critical] CPU of web-01 is above 90 %: firing",
        "ko": "[심각] CPU of web-01 is above 90 %: 발생",
    }
    body = json.loads(message.body)
    assert (body["type"], body["timestamp"]) == ("alert.firing", "2026-03-02T12:00:00+00:00")
    assert body["data"]["alert"]["labels"] == {"service": "checkout", "host": "web-01"}
    assert body["data"]["transition"]["id"] == str(FIRING.transition_id)


@given(st.text(max_size=50), st.text(max_size=50))
def test_any_title_and_label_survives_as_json(title: str, value: str) -> None:
    storable = [text.encode("utf-8", "replace").decode() for text in (title, value)]
    body = json.loads(render(replace(FIRING, title=storable[0], labels={"x": storable[1]})).body)
    assert (body["data"]["alert"]["title"], body["data"]["alert"]["labels"]["x"]) == (storable[0], storable[1])


def test_a_test_send_is_recognisable() -> None:
    content = ChannelContent(config=WebhookConfig(url="https://example.com/hook"))
    message = render_test(Channel(id=new_id(), name="훅", slug="hook", content=content), "Dana")
    assert message.event_type == "test"
    assert "Dana" in message.message["ko"]
    assert json.loads(message.body)["type"] == "test"
