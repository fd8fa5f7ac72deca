"""What of a payload may be written down. Pure but for the values that this process has taken out of the vault.

Values under names that speak of secrets are hidden at any depth, and so is every text that a secret's value occurs in, at that
place only. Long text and long lists are cut: a trace is for looking, not an archive.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from opsloom.infra.revealed import without_revealed
from opsloom.kit.masking import HIDDEN

LONGEST_TEXT: Final = 8_000
MOST_ITEMS: Final = 200
DEEPEST: Final = 20
_TELLING_NAMES: Final = (
    r"pass(word|wd|phrase)?$|passw|secret|(?<!max_)token(?!s|i[sz])|authori[sz]ation|api[-_]?key|cookie|credential|private[-_]?key|"
    r"session[-_]?id|csrf|^auth$"
)


class Masker:
    """Hides by name; `further` are names a tenant adds, any part of which is enough."""

    def __init__(self, further: Iterable[str] = ()) -> None:
        extra = [re.escape(name) for name in further if name.strip()]
        self._names = re.compile("|".join([_TELLING_NAMES, *extra]), re.IGNORECASE)

    def masked(self, value: Any, depth: int = 0) -> Any:
        """A copy that may be stored."""
        if depth > DEEPEST:
            return "…"
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {
                self.text(str(name))[:200]: HIDDEN if self._hides(str(name), each) else self.masked(each, depth + 1)
                for name, each in value.items()
            }
        if isinstance(value, list | tuple):
            kept = [self.masked(each, depth + 1) for each in value[:MOST_ITEMS]]
            return [*kept, f"… {len(value) - MOST_ITEMS}"] if len(value) > MOST_ITEMS else kept
        return value

    def text(self, value: str) -> str:
        """Text without secrets and what the database cannot hold."""
        plain = without_revealed(value).replace("\0", "")
        plain = plain.encode("utf-8", "replace").decode()
        return plain if len(plain) <= LONGEST_TEXT else plain[:LONGEST_TEXT] + "…"

    def _hides(self, name: str, value: Any) -> bool:
        """Numbers and flags under such a name are counts and settings."""
        return isinstance(value, str | Mapping | list | tuple) and self._names.search(name) is not None
