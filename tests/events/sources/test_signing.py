"""Who holds the secret is believed, lately and for these bytes; nobody else is."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloom.events.errors import WebhookRefused
from opsloom.events.sources import address
from opsloom.events.sources.signing import (
    CustomScheme,
    Encoding,
    GithubScheme,
    Scheme,
    StandardScheme,
    StripeScheme,
    sign,
    verify,
)
from opsloom.kit.ids import new_id

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SCHEMES: list[Scheme] = [
    GithubScheme(),
    StripeScheme(),
    StandardScheme(),
    CustomScheme(),
    CustomScheme(prefix="v0=", encoding=Encoding.BASE64, signature_header="X-Sig", time_header="X-Time"),
]
BODY = '{"주문": 42}'.encode()


def signed(scheme: Scheme, body: bytes = BODY, at: datetime = NOW, secret: str = SECRET) -> dict[str, str]:
    return {name.lower(): value for name, value in sign(scheme, secret, "msg_1", body, at).items()}


def is_accepted(scheme: Scheme, headers: dict[str, str], body: bytes = BODY, now: datetime = NOW) -> bool:
    try:
        verify(scheme, [SECRET], headers, body, now)
    except WebhookRefused:
        return False
    return True


def test_the_examples_that_the_schemes_publish() -> None:
    github = {"x-hub-signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"}
    assert verify(GithubScheme(), ["It's a Secret to Everybody"], github, b"Hello, World!", NOW)
    standard = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    body = b'{"test": 2432232314}'
    assert verify(StandardScheme(), [SECRET], standard, body, datetime.fromtimestamp(1614265330, UTC))


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda each: each.type)
def test_only_these_bytes_under_this_secret(scheme: Scheme) -> None:
    assert is_accepted(scheme, signed(scheme))
    assert not is_accepted(scheme, signed(scheme), BODY + b" ")
    assert not is_accepted(scheme, signed(scheme, secret="another secret"))
    for name in signed(scheme):
        missing = {key: value for key, value in signed(scheme).items() if key != name}
        assert is_accepted(scheme, missing) == (name == "x-github-delivery")


@pytest.mark.parametrize(
    "scheme", [each for each in SCHEMES if "webhook-timestamp" in signed(each) or each.type == "stripe"]
)
def test_an_old_or_early_signature_is_refused(scheme: Scheme) -> None:
    assert is_accepted(scheme, signed(scheme), now=NOW + timedelta(seconds=300))
    assert not is_accepted(scheme, signed(scheme), now=NOW + timedelta(seconds=301))
    assert not is_accepted(scheme, signed(scheme), now=NOW - timedelta(seconds=301))


def test_two_secrets_are_good_while_one_takes_over() -> None:
    headers = signed(StandardScheme())
    assert verify(StandardScheme(), ["whsec_bmV3IG9uZQ==", SECRET], headers, BODY, NOW)


def test_a_delivery_s_name_is_believed_only_where_it_is_signed() -> None:
    github = signed(GithubScheme())
    again = verify(GithubScheme(), [SECRET], github | {"x-github-delivery": "other"}, BODY, NOW)
    assert again == verify(GithubScheme(), [SECRET], github, BODY, NOW)
    later = signed(StandardScheme(), at=NOW + timedelta(seconds=60))  # a repetition under the same id, signed anew
    first = verify(StandardScheme(), [SECRET], signed(StandardScheme()), BODY, NOW)
    assert verify(StandardScheme(), [SECRET], later, BODY, NOW) == first


@given(st.sampled_from(SCHEMES), st.text(max_size=60), st.text(max_size=60))
def test_whatever_stands_in_the_headers_is_refused_and_nothing_else_happens(scheme: Scheme, one: str, two: str) -> None:
    for name in signed(scheme):
        if name != "x-github-delivery":
            assert not is_accepted(scheme, signed(scheme) | {name: one, "x-other": two}) or one == signed(scheme)[name]


@given(st.text(max_size=60))
def test_an_address_leads_to_its_source_or_nowhere(text: str) -> None:
    tenant, source = new_id(), new_id()
    assert address.read(address.write(tenant, source)) == (tenant, source)
    assert address.read(text) is None
    assert address.read(address.write(tenant, source)[:-1] + "!") is None
