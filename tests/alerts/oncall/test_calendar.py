"""The iCalendar document, read back by the letter of RFC 5545."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from opsloom.alerts.oncall.calendar import Entry, calendar

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def read(document: str) -> list[tuple[str, str]]:
    """Unfolded and unescaped content lines."""
    assert document.endswith("\r\n")
    raw = document.encode().split(b"\r\n")[:-1]
    assert all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in raw)
    assert all(line.decode() for line in raw)  # no character is cut in two
    joined = b"\n".join(raw).replace(b"\n ", b"").decode().split("\n")
    lines = []
    for line in joined:
        name, _, value = line.partition(":")
        text = value.replace("\\\\", "\0").replace("\\n", "\n").replace("\\;", ";").replace("\\,", ",")
        lines.append((name, text.replace("\0", "\\")))
    return lines


texts = st.text(st.sampled_from('ab;,\\\n:"당직 é🙂'), min_size=1, max_size=120)


@given(texts, st.lists(texts, max_size=3))
def test_what_is_written_reads_back(name, summaries) -> None:
    entries = [
        Entry(f"u{n}", NOW + timedelta(hours=n), NOW + timedelta(hours=n + 1), each, each)
        for n, each in enumerate(summaries)
    ]
    lines = read(calendar(name, entries, NOW))
    assert lines[:2] == [("BEGIN", "VCALENDAR"), ("VERSION", "2.0")]
    assert lines[-1] == ("END", "VCALENDAR")
    assert [value for key, value in lines if key == "X-WR-CALNAME"] == [name]
    assert [value for key, value in lines if key == "SUMMARY"] == summaries
    assert [value for key, value in lines if key == "DESCRIPTION"] == summaries
    assert [value for key, value in lines if key == "DTSTART"] == [
        f"20260302T{9 + n:02}0000Z" for n in range(len(summaries))
    ]
    for each in ("UID", "DTSTAMP", "DTEND"):
        assert len([key for key, _ in lines if key == each]) == len(summaries)


def test_long_lines_are_folded_at_75_octets_never_within_a_character() -> None:
    for name in ("a" * 400, "당" * 100, "a" + "🙂" * 60):
        document = calendar(name, [], NOW)
        assert max(len(line) for line in document.encode().split(b"\r\n")) in (73, 74, 75)
        assert dict(read(document))["X-WR-CALNAME"] == name
