"""How numbers and times are written. Pure; the same in text, number blocks and tables."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from opsloom.ask.plan import Language, TimeWindow

_BYTE_STEPS = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


def number(value: float, unit: str) -> str:
    """A value with its unit, rounded for reading."""
    if unit == "percent":
        return f"{value:.1f} %"
    if unit in ("bytes", "bytes/s"):
        return _bytes(value) + ("/s" if unit.endswith("/s") else "")
    if unit == "count":
        return plain(value)
    if unit == "1/s":
        return f"{plain(value)} /s"
    if unit in ("percent/s", "count/s"):
        return f"{plain(value)} {'%' if unit == 'percent/s' else ''}/s"
    suffix = f" {unit}" if unit else ""
    return plain(value) + suffix


def ordinal(number: int) -> str:
    """ "3rd"."""
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def plain(value: float) -> str:
    """A number without a unit: whole ones whole, others with up to three significant decimals."""
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.3g}" if abs(value) >= 1e-4 else f"{value:.1e}"


def signed(value: float, unit: str) -> str:
    """A difference with its sign; the difference of percentages is in percentage points."""
    sign = "+" if value > 0 else "-" if value < 0 else "±"
    return sign + (f"{abs(value):.1f} pp" if unit == "percent" else number(abs(value), unit))


def _bytes(value: float) -> str:
    for size, name in _BYTE_STEPS:
        if abs(value) >= size:
            return f"{value / size:.1f} {name}"
    return f"{value:.0f} B"


def moment(value: str | datetime, zone: str, *, seconds: bool = True) -> str:
    """A time on the wall of the zone, without the date when told apart by the window."""
    local = _local(value, zone)
    return local.strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")


def _local(value: str | datetime, zone: str) -> datetime:
    parsed = datetime.fromisoformat(value) if isinstance(value, str) else value
    return parsed.astimezone(ZoneInfo(zone))


def window(value: TimeWindow, language: Language) -> str:
    """An interval with its zone; the end's date is left out when it is the start's."""
    start, end = _local(value.start, value.zone), _local(value.end, value.zone)
    seconds = bool(start.second or end.second)
    clock = "%H:%M:%S" if seconds else "%H:%M"
    opening = start.strftime(f"%Y-%m-%d {clock}")
    closing = end.strftime(clock if start.date() == end.date() else f"%Y-%m-%d {clock}")
    return f"{opening} {'~' if language is Language.KO else '–'} {closing} ({value.zone})"


_FINAL_DIGITS = {"0": True, "1": True, "3": True, "6": True, "7": True, "8": True}
_FINAL_LETTERS = frozenset("lmnrLMNR")


def particle(word: str, with_final: str, without: str) -> str:
    """The Korean particle that fits a word's last sound: 은/는, 이/가, 을/를, 과/와."""
    last = next((char for char in reversed(word) if char.isalnum()), "")
    if "가" <= last <= "힣":
        return with_final if (ord(last) - ord("가")) % 28 else without
    return with_final if _FINAL_DIGITS.get(last, False) or last in _FINAL_LETTERS else without
