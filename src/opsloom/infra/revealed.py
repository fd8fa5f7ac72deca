"""The secrets that this process has in use: whoever writes something down for people to read takes them out first.

Bounded: the most recently used values, none so short that it would blot out ordinary text.
"""

from collections import OrderedDict
from typing import Final

_SHORTEST: Final = 6
_MOST: Final = 1_000
_HIDDEN: Final = "***"
_values: OrderedDict[str, None] = OrderedDict()


def remember(value: str) -> None:
    """A secret's value has been handed out."""
    if len(value) < _SHORTEST:
        return
    _values[value] = None
    _values.move_to_end(value)
    if len(_values) > _MOST:
        _values.popitem(last=False)


def without_revealed(text: str) -> str:
    """The text with every such value hidden."""
    for value in list(_values):
        if value in text:
            text = text.replace(value, _HIDDEN)
    return text
