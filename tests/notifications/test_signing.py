"""Signatures that the receivers' own libraries accept."""

import pytest

from opsloom.infra.secrets import SecretText
from opsloom.notifications.signing import SecretUnusable, key_of, new_secret, sign


def test_the_published_example_of_the_standard() -> None:
    headers = sign(
        SecretText("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_made_secrets_are_long_and_never_the_same() -> None:
    made = {key_of(new_secret()) for _ in range(50)}
    assert len(made) == 50
    assert {len(key) for key in made} == {32}


def test_plain_text_of_the_right_length_is_a_key() -> None:
    assert key_of(SecretText("sixteen letters!")) == b"sixteen letters!"


@pytest.mark.parametrize(
    "wrong", ["", "short", "whsec_", "whsec_AAAA", "whsec_not base64 at all!", "x" * 65, "whsec_é"]
)
def test_a_weak_or_unreadable_secret_is_refused_without_being_shown(wrong: str) -> None:
    with pytest.raises(SecretUnusable) as refused:
        key_of(SecretText(wrong))
    assert len(wrong) < 6 or wrong not in str(refused.value)
