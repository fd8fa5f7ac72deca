"""Channels that a policy wants looked at: saved, a review asked for, and new secrets kept with the draft they came with."""

import base64

from tests.notifications.conftest import SECRET, Desk, verified
from tests.notifications.test_routes import Api, api, webhook

from fakes.receiver import Receiver
from opsloom.identity.permissions import Role

__all__ = ["api"]  # a fixture


async def test_a_policy_makes_a_channel_wait_with_its_secrets(api: Api, desk: Desk, receiver: Receiver) -> None:
    policy = {"kind": "policy", "name": "Four eyes", "content": {"kinds": ["channel"]}}
    made = (await api("POST", "/assets", json=policy)).json()
    published = await api("POST", f"/assets/{made['id']}/publish", json={})
    assert published.status_code == 200, published.text
    author, colleague = Api(api._client, desk.tenant.as_role(Role.BUILDER)), api

    async def approve(channel_id: str) -> None:
        reviews = (await colleague("GET", f"/assets/{channel_id}/reviews")).json()["items"]
        assert reviews[0]["state"] == "requested"
        path = f"/assets/{channel_id}/reviews/{reviews[0]['id']}/approve"
        assert (await colleague("POST", path, json={})).status_code == 200
        answer = await author("POST", f"/assets/{channel_id}/publish", json={})
        assert answer.status_code == 200, answer.text

    async def send(secret: str) -> bool:
        assert (await author("POST", f"{path}/test")).status_code == 202
        await desk.attempt((await desk.ledger())[-1])
        return verified(receiver.received[-1], secret)

    made = await author("POST", "/channels", json=webhook(receiver.url, secret=SECRET))
    assert made.status_code == 201, made.text
    channel = made.json()
    path = f"/channels/{channel['id']}"
    assert (channel["published_version"], channel["waiting"]) == (None, True)
    assert channel["review"] == {"approvals": 1, "given": 0, "policy": "Four eyes"}
    assert (await author("POST", f"{path}/test")).json()["code"] == "not_published"
    await approve(channel["id"])
    shown = (await author("GET", path)).json()
    assert (shown["published_version"], shown["waiting"], shown["review"]) == (1, False, None)
    assert await send(SECRET)

    other, third = (f"whsec_{base64.b64encode(text * 8).decode()}" for text in (b"next", b"last"))
    moved = webhook(f"{receiver.url}/moved", secret=other)
    waits = await author("PUT", path, json=moved, headers={"If-Match": '"1"'})
    assert (waits.status_code, waits.json()["published_version"], waits.json()["waiting"]) == (200, 1, True)
    assert await send(SECRET), "what is in force sends nothing that waits"
    await approve(channel["id"])
    assert await send(other), "what waited came in force with the draft"
    back = await author("POST", f"/assets/{channel['id']}/rollback", json={"version": 1})
    assert back.status_code == 200, back.text
    assert await send(SECRET), "and goes with it"
    rotated = await author("PUT", path, json=webhook(receiver.url, secret=third), headers={"If-Match": '"3"'})
    assert (rotated.status_code, rotated.json()["waiting"]) == (200, False), rotated.text
    assert await send(third), "a secret alone is no change of what is in force"


async def test_going_back_leaves_waiting_secrets_out(api: Api, desk: Desk, receiver: Receiver) -> None:
    made = (await api("POST", "/channels", json=webhook(receiver.url, secret=SECRET))).json()
    policy = {"kind": "policy", "name": "Four eyes", "content": {"kinds": ["channel"]}}
    asset = (await api("POST", "/assets", json=policy)).json()
    await api("POST", f"/assets/{asset['id']}/publish", json={})
    path = f"/channels/{made['id']}"
    other = webhook(f"{receiver.url}/moved", secret="another secret of length")
    assert (await api("PUT", path, json=other, headers={"If-Match": '"1"'})).json()["waiting"] is True
    same = await api("PUT", path, json=webhook(receiver.url), headers={"If-Match": '"2"'})
    assert (same.status_code, same.json()["waiting"]) == (200, False)
    await api("POST", f"{path}/test")
    await desk.attempt((await desk.ledger())[-1])
    assert verified(receiver.received[-1], SECRET)
