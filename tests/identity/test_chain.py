"""The audit chain's hashing: any change of any field changes the hash, and so every later one."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloom.identity.chain import GENESIS, Line, canonical, clean, detail_text, link

LINE = Line(
    tenant_id=UUID(int=1),
    seq=1,
    id=UUID(int=2),
    at=datetime(2030, 1, 1, 12, tzinfo=UTC),
    actor_kind="user",
    actor_id="a",
    actor_name="Ada",
    action="rule.published",
    target_kind="rule",
    target_id="r1",
    detail='{"version":1}',
    trace_id="t",
)


@pytest.mark.parametrize("name", [field.name for field in fields(Line)])
def test_every_field_is_under_the_hash(name: str) -> None:
    other: dict[str, object] = {
        "tenant_id": UUID(int=9),
        "id": UUID(int=9),
        "seq": 2,
        "at": LINE.at + timedelta(microseconds=1),
    }
    changed = replace(LINE, **{name: other.get(name, "changed")})
    assert link(GENESIS, changed) != link(GENESIS, LINE)


def test_the_hash_before_is_under_the_hash() -> None:
    assert link(GENESIS, LINE) != link(b"\x01" * 32, LINE)


def test_moving_text_between_fields_is_noticed() -> None:
    left = replace(LINE, actor_id="ab", actor_name="c")
    right = replace(LINE, actor_id="a", actor_name="bc")
    assert link(GENESIS, left) != link(GENESIS, right)


def test_the_same_instant_in_another_zone_is_the_same_entry() -> None:
    seoul = replace(LINE, at=LINE.at.astimezone(timezone(timedelta(hours=9))))
    assert link(GENESIS, seoul) == link(GENESIS, LINE)


@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
        max_leaves=20,
    )
)
def test_canonical_text_is_storable_ascii_and_independent_of_key_order(value: object) -> None:
    text = canonical(value)
    assert text.isascii()
    assert "\x00" not in text
    if isinstance(value, dict):
        assert canonical(dict(reversed(value.items()))) == text


def test_ids_and_instants_in_a_detail_become_text() -> None:
    assert detail_text({"id": UUID(int=5)}) == '{"id":"00000000-0000-0000-0000-000000000005"}'
    assert detail_text(None) == "{}"


@given(text=st.text(alphabet=st.characters(), max_size=600))
def test_cleaned_text_can_be_stored(text: str) -> None:
    cleaned = clean(text)
    assert "\x00" not in cleaned
    assert len(cleaned) <= 500
    cleaned.encode()
