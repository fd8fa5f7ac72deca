"""The names of time zones, read once: the standard library walks its files at each asking."""

from functools import cache
from zoneinfo import available_timezones


@cache
def zone_names() -> frozenset[str]:
    """Every name that `ZoneInfo` knows, such as `Asia/Seoul`."""
    return frozenset(available_timezones())
