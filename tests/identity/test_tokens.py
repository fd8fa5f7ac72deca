"""The text of tokens: what is issued can be read, and nothing else can."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloom.identity.tokens import PREFIX_LENGTH, TokenKind, digest, issue, read, visible_prefix

TENANT = UUID("018f4e1a-0000-7000-8000-0123456789ab")


@given(tenant=st.uuids(), kind=st.sampled_from(TokenKind))
def test_an_issued_text_names_its_kind_and_tenant(tenant: UUID, kind: TokenKind) -> None:
    text = issue(kind, tenant)
    claim = read(text)
    assert claim is not None
    assert (claim.kind, claim.tenant_id, claim.digest) == (kind, tenant, digest(text))


def test_two_texts_are_never_alike_and_their_prefixes_tell_them_apart() -> None:
    texts = [issue(TokenKind.KEY, TENANT) for _ in range(200)]
    assert len({visible_prefix(text) for text in texts}) == 200
    assert all(text.startswith("olk_") and len(visible_prefix(text)) == PREFIX_LENGTH for text in texts)


@given(text=st.text(max_size=200))
def test_any_other_text_is_no_claim(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    "damage",
    [
        str.upper,
        lambda text: text[:4] + text[4:].upper(),
        lambda text: text + "a",
        lambda text: text[:-1],
        lambda text: text.replace("olk_", "olz_"),
        lambda text: text.replace("olk_", "olk"),
        lambda text: text[:10] + "1" + text[11:],
        lambda text: text[:10] + "é" + text[11:],
        lambda text: text[:10] + "=" + text[11:],
    ],
)
def test_a_damaged_text_is_no_claim(damage: object) -> None:
    assert callable(damage)
    assert read(damage(issue(TokenKind.KEY, TENANT))) is None


def test_another_tenant_in_the_text_is_another_digest() -> None:
    """Whoever rewrites the tenant in a key gets a key that nobody stored."""
    text = issue(TokenKind.KEY, TENANT)
    forged = text[:-10] + issue(TokenKind.KEY, UUID(int=7))[-10:]
    claim = read(forged)
    assert claim is None or claim.digest != digest(text)
