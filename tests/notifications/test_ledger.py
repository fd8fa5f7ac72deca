"""The ledger counted by facets, the forms of channels, and templates tried before they are kept, over HTTP."""

import httpx2
from tests.notifications.conftest import AlertFact, Desk

from fakes.receiver import Receiver, answers
from opsloom.notifications.channels.forms import FORMS


async def test_facets_count_what_the_other_filters_let_through(
    client: httpx2.AsyncClient, desk: Desk, receiver: Receiver
) -> None:
    receiver.script = [answers(410)]
    hook = await desk.webhook(receiver.url)
    await desk.happen()
    await desk.attempt(await desk.line(hook))
    await desk.happen(AlertFact(severity="warning"))

    async def counts(**asked: object) -> dict[str, dict[str, int]]:
        answer = await client.get("/api/v1/deliveries/facets", params=asked, headers=desk.tenant.headers)  # type: ignore[arg-type]
        return {name: {each["value"]: each["count"] for each in facet} for name, facet in answer.json().items()}

    everything = await counts()
    assert everything["status"] == {"sent": 2, "failed": 1, "pending": 1}
    assert everything["types"] == {"in_app": 2, "webhook": 2}
    assert everything["channel_ids"][str(hook)] == 2
    failed = await counts(status="failed")
    assert failed["status"] == everything["status"], "its own choice does not shrink a facet"
    assert (failed["severities"], failed["reasons"]) == ({"critical": 1}, {"refused_by_receiver": 1})
    listed = await client.get(
        "/api/v1/deliveries", params={"reason": "refused_by_receiver", "type": "webhook"}, headers=desk.tenant.headers
    )
    assert [each["status"] for each in listed.json()["items"]] == ["failed"]


async def test_each_type_has_a_form_that_says_what_is_secret(client: httpx2.AsyncClient, desk: Desk) -> None:
    answer = await client.get("/api/v1/channels/types", headers=desk.tenant.headers)
    types = {each["type"]: each for each in answer.json()["items"]}
    assert set(types) == {"webhook", *FORMS}
    for each in types.values():
        assert set(each["secrets"]) >= set(each["needed_secrets"])
        assert set(each["secrets"]) <= set(each["form"]["properties"])


async def test_a_missing_secret_is_named_and_a_bad_address_is_not_repeated(
    client: httpx2.AsyncClient, desk: Desk
) -> None:
    async def made(config: dict[str, object]) -> httpx2.Response:
        body = {"name": "Slack", "config": config}
        return await client.post("/api/v1/channels", json=body, headers=desk.tenant.headers)

    missing = await made({"type": "slack"})
    assert (missing.status_code, missing.json()["code"]) == (422, "secret_needed")
    assert missing.json()["errors"][0]["pointer"] == "/config/webhook_url"
    bad = await made({"type": "slack", "webhook_url": "https://evil.example/canary-5512"})
    assert (bad.status_code, bad.json()["code"]) == (422, "service_refused")
    assert "canary" not in bad.text
    good = await made(
        {
            "type": "slack",
            "webhook_url": "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
        }
    )
    assert good.json()["config"] == {"type": "slack", "fields": {}, "secret_names": ["webhook_url"]}
    assert "TIiajkdnlazkcOXrIdevi7FQ" not in good.text


async def test_a_template_is_tried_on_a_made_up_alert_and_on_a_line_of_the_ledger(
    client: httpx2.AsyncClient, desk: Desk
) -> None:
    await desk.happen(AlertFact(title="Disk of db-01 is full"))
    [line] = await desk.ledger()
    content = {"ko": {"title": "{{ alert.title }}"}, "en": {"text": "{{ $error('no') }}"}}
    for delivery_id, title in ((None, "CPU of web-01 is above 90 %"), (str(line.id), "Disk of db-01 is full")):
        body = {"content": content, "delivery_id": delivery_id}
        answer = await client.post("/api/v1/message-templates/preview", json=body, headers=desk.tenant.headers)
        said = answer.json()
        assert said["ko"]["title"] == title
        assert said["en"]["flaw"].startswith("The template failed")
        assert said["context"]["alert"]["title"] == title
