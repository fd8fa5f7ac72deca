"""Which alerts are meant: matchers over labels, as Alertmanager writes and reads them. Pure.

A label that an alert does not have is as good as an empty one. Beside its own labels an alert has `alertname`, the name of its rule,
and `severity`, unless it has labels of these names. A pattern has to fit the whole value and is matched in time linear in it
(`kit.patterns`), so no matcher can hold anything up.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import ConfigDict, StringConstraints, model_validator

from opsloom.kit.model import Text, Wire
from opsloom.kit.patterns import PatternInvalid, compiled

LABEL_NAME: Final = "alertname"
LABEL_SEVERITY: Final = "severity"
_WRITTEN: Final = re.compile(
    r'\s*("(?:[^"\\]|\\.)*"|[^\s"=!~{},]+)\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*"|[^"]*?)\s*', re.DOTALL
)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_MEANT: Final = {"n": "\n"}


class MatchOp(StrEnum):
    """How a value is compared."""

    EQUAL = "="
    DIFFERS = "!="
    FITS = "=~"
    FITS_NOT = "!~"

    @property
    def is_pattern(self) -> bool:
        return self in (MatchOp.FITS, MatchOp.FITS_NOT)

    @property
    def affirms(self) -> bool:
        return self in (MatchOp.EQUAL, MatchOp.FITS)


class Matcher(Wire):
    """A condition on one label. For `=~` and `!~` the value is a pattern (RE2) that has to fit all of the label's value."""

    model_config = ConfigDict(frozen=True)

    name: Annotated[Text, StringConstraints(min_length=1, max_length=200)]
    op: MatchOp = MatchOp.EQUAL
    value: Annotated[Text, StringConstraints(max_length=2000)]

    @model_validator(mode="after")
    def _readable(self) -> Self:
        if self.op.is_pattern:
            compiled(self.value)  # a PatternInvalid is a ValueError, which is what a validator says no with
        return self

    def fits(self, labels: Mapping[str, str]) -> bool:
        """Whether labels are as it wants them."""
        value = labels.get(self.name, "")
        same = compiled(self.value).fits(value) if self.op.is_pattern else value == self.value
        return same is self.op.affirms

    def __str__(self) -> str:
        value = self.value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'{self.name}{self.op}"{value}"'


def all_fit(matchers: Iterable[Matcher], labels: Mapping[str, str]) -> bool:
    """Whether every matcher fits."""
    return all(matcher.fits(labels) for matcher in matchers)


def says_nothing(matchers: Sequence[Matcher]) -> bool:
    """Whether they also fit an alert without any label: then they would keep everything quiet."""
    return all(matcher.fits({}) for matcher in matchers)


def labels_of(rule_name: str, severity: str, labels: Mapping[str, str]) -> dict[str, str]:
    """The labels of an alert as matchers see them."""
    return {LABEL_NAME: rule_name, LABEL_SEVERITY: severity} | dict(labels)


def parse(text: str) -> Matcher:
    """Read `name="value"`, with or without quotes. Raises ValueError."""
    found = _WRITTEN.fullmatch(text)
    if found is None:
        raise ValueError(f'{text!r} is not a matcher such as name="value"')
    name, op, value = found.groups()
    try:
        return Matcher(name=_plain(name), op=MatchOp(op), value=_plain(value))
    except PatternInvalid as error:
        raise ValueError(f"the pattern of {text!r} cannot be read: {error}") from None


def _plain(text: str) -> str:
    if not text.startswith('"'):
        return text
    return _ESCAPED.sub(lambda found: _MEANT.get(found[1], found[1]), text[1:-1])
