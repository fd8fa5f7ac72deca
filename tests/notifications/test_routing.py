"""Routes and templates, from their documents to what arrives; who stands in for a channel that failed."""

from dataclasses import replace
from datetime import UTC, datetime, time

import pytest
from pydantic import ValidationError
from tests.notifications.conftest import AlertFact, Desk, TransitionFact, without_link

from fakes.receiver import Receiver, answers
from opsloom.assets import service as assets
from opsloom.assets.kinds import Kinds
from opsloom.infra.aside import Aside
from opsloom.notifications import composing, plain
from opsloom.notifications.composing import Draft
from opsloom.notifications.content import Language
from opsloom.notifications.routing import Day, Hours, Matcher, RouteContent, takes
from opsloom.notifications.subject import subject_of
from opsloom.notifications.words import TemplateUnreadable, Wording

FIRING = subject_of(AlertFact(), TransitionFact())


def route(**given: object) -> RouteContent:
    return RouteContent.model_validate({"to": [{"channel": "ops"}], **given})


@pytest.mark.parametrize(
    ("given", "held"),
    [
        ({}, True),
        ({"enabled": False}, False),
        ({"states": ["resolved"]}, False),
        ({"severities": ["critical"]}, True),
        ({"severities": ["info"]}, False),
        ({"matchers": [{"label": "service", "value": "checkout"}]}, True),
        ({"matchers": [{"label": "service", "match": "is_not", "value": "checkout"}]}, False),
        ({"matchers": [{"label": "service", "match": "fits", "value": "check.*|pay"}]}, True),
        ({"matchers": [{"label": "service", "match": "fits", "value": "check"}]}, False),
        ({"matchers": [{"label": "region", "match": "is", "value": ""}]}, True),
        ({"matchers": [{"label": "host", "match": "fits_not", "value": "web-.*"}]}, False),
        # NOON is a Monday at 21:00 in Seoul
        ({"hours": [{"days": ["mon"], "since": "20:00", "until": "22:00"}]}, True),
        ({"hours": [{"days": ["mon"], "since": "09:00", "until": "18:00"}]}, False),
        ({"hours": [{"days": ["mon"], "since": "09:00", "until": "18:00"}], "time_zone": "UTC"}, True),
        ({"hours": [{"days": ["sun"], "since": "22:00", "until": "21:30"}]}, True),
        ({"hours": [{"days": ["sun"], "since": "22:00", "until": "21:00"}]}, False),
    ],
)
def test_a_route_holds(given: dict[str, object], *, held: bool) -> None:
    assert takes(route(**given), FIRING) is held


def test_hours_past_midnight_belong_to_the_day_they_begin_on() -> None:
    night = Hours(days=[Day.FRI], since=time(22), until=time(6))
    friday = datetime(2026, 3, 6, tzinfo=UTC)
    assert [night.hold(friday.replace(day=day, hour=hour)) for day, hour in ((6, 21), (6, 22), (7, 5), (7, 6))] == [
        False,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    "given",
    [{"to": []}, {"time_zone": "Mars/Base"}, {"matchers": [{"label": "a", "match": "fits", "value": "("}]}],
)
def test_a_route_that_could_not_hold_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        route(**given)


def test_a_pattern_that_would_explode_does_not() -> None:
    slow = Matcher(label="host", match="fits", value="(a+)+b")  # type: ignore[arg-type]
    assert slow.holds({"host": "a" * 5_000}) is False


async def publish(desk: Desk, kind: str, name: str, content: dict[str, object]) -> None:
    scope = desk.tenant.scope
    of = desk.core.part(Kinds).named(kind)
    async with desk.core.db.transaction(scope) as session:
        asset = await assets.create_draft(session, scope, of, name, content)
        await assets.publish(session, scope, of, asset.id)


async def test_a_route_adds_channels_and_says_in_which_words(desk: Desk, receiver: Receiver) -> None:
    hook = await desk.webhook(receiver.url, route={"only_named": True})  # type: ignore[arg-type]
    await desk.happen()
    assert await desk.ledger(hook) == []
    await publish(desk, "route", "Checkout at night", {"to": [{"channel": "hook", "template": "short"}]})
    await publish(desk, "route", "Later", {"position": 200, "to": [{"channel": "hook", "template": "long"}]})
    await desk.happen()
    line = await desk.line(hook)
    assert (line.route_name, line.template) == ("Checkout at night", "short")
    await desk.happen(AlertFact(channels=["in-app"]))
    assert len(await desk.ledger(hook)) == 1, "a rule that names channels leaves the routes aside"


async def test_what_is_given_up_goes_to_who_stands_in_once(desk: Desk, receiver: Receiver) -> None:
    receiver.script = [answers(410)]
    other = await desk.webhook(f"{receiver.url}/other", name="Other", route={"only_named": True})  # type: ignore[arg-type]
    hook = await desk.webhook(receiver.url, fallback="other")
    transition = await desk.happen()
    await desk.attempt(await desk.line(hook))
    failed, instead = await desk.line(hook), await desk.line(other)
    assert (failed.status, instead.status, instead.fallback_for) == ("failed", "pending", failed.id)
    assert instead.transition_id == transition.id
    await desk.attempt(instead)
    assert (await desk.line(other)).status == "sent"
    assert without_link(receiver.received[0].body) == without_link(receiver.received[1].body)


async def test_who_stands_in_inside_opsloom_shows_it(desk: Desk, receiver: Receiver) -> None:
    receiver.script = [answers(410)]
    hook = await desk.webhook(receiver.url, fallback="in-app")
    quiet = {"name": "In-app", "config": {"type": "in_app"}, "route": {"only_named": True}}
    [shown] = [line for line in await _default(desk, quiet)]
    await desk.happen()
    await desk.attempt(await desk.line(hook))
    [instead] = [line for line in await desk.ledger() if line.channel_id == shown]
    assert (instead.status, instead.fallback_for) == ("sent", (await desk.line(hook)).id)


async def _default(desk: Desk, body: dict[str, object]) -> list[object]:
    from opsloom.infra.secrets import Secrets
    from opsloom.notifications import directory
    from opsloom.notifications.directory import Tools
    from opsloom.notifications.schemas import ChannelBody

    scope = desk.tenant.scope
    tools = Tools(desk.core.part(Secrets), desk.core.http.policy, desk.core.clock)
    async with desk.core.db.transaction(scope) as session:
        found = [each for each in await directory.published(session, scope) if each.slug == "in-app"]
        for each in found:
            change = (ChannelBody.model_validate(body), 1)
            await directory.update(session, scope, tools, each.id, change)
        return [each.id for each in found]


def _draft(wording: Wording | None, language: Language = Language.EN) -> Draft:
    import orjson

    from opsloom.notifications.pipeline import render

    body = orjson.loads(render(replace(FIRING, description="Look at the queue.")).body)
    return Draft(
        body, language, "http://here/alerts?selected=1", "http://here/acknowledge#token=t0ken", wording=wording
    )


async def test_a_template_speaks_of_the_alert_and_the_link_is_put_in_last(desk: Desk) -> None:
    wording = Wording(
        title="{{ $uppercase(alert.severity) }} {{ alert.labels.service }}",
        text="{{ alert.title }} ({{ $count($keys(alert.labels)) }})\n{{ acknowledge }}",
    )
    said = await composing.compose(desk.core.part(Aside), _draft(wording))
    assert said.words.title == "CRITICAL checkout"
    assert said.words.text == "CPU of web-01 is above 90 % (2)\n{acknowledge-link}"
    assert said.sent.text == "CPU of web-01 is above 90 % (2)\nhttp://here/acknowledge#token=t0ken"
    assert said.flaw is None


@pytest.mark.parametrize("text", ["{{ $error('no') }}", "{{ alert.title", "{{ ((( }}"])
async def test_a_template_that_fails_says_the_plain_words_and_why(desk: Desk, text: str) -> None:
    said = await composing.compose(desk.core.part(Aside), _draft(Wording(text=text)))
    assert said.words.title == "[critical] CPU of web-01 is above 90 %: firing"
    assert "Look at the queue." in said.words.text
    assert (said.flaw or "").startswith("The template failed")


async def test_a_template_that_cannot_be_read_is_not_published(desk: Desk) -> None:
    with pytest.raises(TemplateUnreadable) as refused:
        await publish(desk, "message_template", "Broken", {"ko": {"text": "{{ alert.(( }}"}, "en": {"title": "{{"}})
    assert [each.pointer for each in refused.value.details or []] == ["/ko/text", "/en/title"]


def test_plain_words_are_there_in_both_languages() -> None:
    draft = _draft(None)
    given = plain.context(draft.body, draft.link, can_acknowledge=True)
    ko, en = plain.words(given, Language.KO), plain.words(given, Language.EN)
    assert ko.title == "[심각] CPU of web-01 is above 90 %: 발생"
    assert "라벨: host=web-01, service=checkout" in ko.text
    assert "확인 처리: {acknowledge-link}" in ko.text
    assert "Labels: host=web-01, service=checkout" in en.text
