"""Regular expressions of strangers, matched in time linear in the text.

The engine is Rust's `regex` (as pydantic-core carries it): no look-around and no back-references, so there is nothing to go back to,
and a pattern that would compile into more than 10 MB is refused. What is left to bound is the size of the automaton a counted
repetition unrolls into: the counts of one pattern, multiplied, stay within `MOST_REPEATS`.
"""

import re
from functools import lru_cache
from typing import Final

from pydantic_core import SchemaError, SchemaValidator, core_schema

LONGEST: Final = 500
MOST_REPEATS: Final = 1000
_COUNTED: Final = re.compile(r"\{(\d+)(?:,(\d*))?\}")


class PatternInvalid(ValueError):
    """The pattern cannot be used; the text says why."""


class Pattern:
    """A pattern that has to fit the whole of a text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._fits = SchemaValidator(core_schema.str_schema(pattern=rf"\A(?:{text})\z", regex_engine="rust-regex"))

    def fits(self, text: str) -> bool:
        """Whether it fits."""
        return self._fits.isinstance_python(text)


@lru_cache(maxsize=2048)
def compiled(text: str) -> Pattern:
    """Read a pattern. Raises PatternInvalid."""
    if len(text) > LONGEST:
        raise PatternInvalid(f"a pattern has at most {LONGEST} characters")
    repeats = 1
    for low, high in _COUNTED.findall(text):
        repeats *= max(1, int((high or low)[:9]))
    if repeats > MOST_REPEATS:
        raise PatternInvalid(f"its repetitions multiply to more than {MOST_REPEATS}")
    try:
        # Alone first: an unbalanced bracket must not be balanced by the one that is put around it.
        SchemaValidator(core_schema.str_schema(pattern=text, regex_engine="rust-regex"))
        return Pattern(text)
    except SchemaError as error:
        raise PatternInvalid(_cause(str(error))) from None


def _cause(message: str) -> str:
    """The last line of what the engine says is the cause; what is before it draws the pattern."""
    return message.strip().splitlines()[-1].strip().removeprefix("error: ").removeprefix("SchemaError: ")
