"""What a prompt is: text with declared variables, for one purpose, in one language or any.

Variables are filled in by the server with what it knows itself (a schema, the time, names of kinds). What people or other
systems wrote (questions, names of items, alerts, documents) is never a variable: it goes into a message of its own, as data.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from opsloom.ask.prompts.purposes import Purpose
from opsloom.kit.model import Text, Wire

_SPOT: Final = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")
_ANY_SPOT: Final = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
VARIABLES: Final[Mapping[Purpose, frozenset[str]]] = {
    Purpose.PLAN: frozenset({"schema", "kinds", "now", "zone", "language"}),
    Purpose.REPAIR: frozenset(),
    Purpose.REPHRASE: frozenset({"language"}),
    Purpose.DRAFT_RULE: frozenset({"schema", "language"}),
}
"""What each purpose can fill in."""


class PromptContent(Wire):
    """The content of an asset of kind `prompt`."""

    purpose: Purpose
    language: Literal["any", "ko", "en"] = "any"
    description: Annotated[Text, Field(max_length=2000)] = ""
    variables: list[Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]] = Field(
        default_factory=list,
        max_length=20,
        description="What `{{ name }}` in the text may name; each must be one that the purpose fills in.",
    )
    text: Annotated[Text, Field(min_length=20, max_length=20_000)]

    @model_validator(mode="after")
    def _consistent(self) -> "PromptContent":
        known = VARIABLES[self.purpose]
        for name in self.variables:
            if name not in known:
                listed = ", ".join(sorted(known)) or "none"
                raise ValueError(f"“{name}” is no variable of {self.purpose}; there are: {listed}")
        for spot in _ANY_SPOT.findall(self.text):
            if spot.strip() not in self.variables:
                raise ValueError(f"the text names “{spot.strip()[:40]}”, which is not among its variables")
        return self


def rendered(text: str, values: Mapping[str, str]) -> str:
    """The text with its variables filled in; what a value holds is not read again."""
    return _SPOT.sub(lambda spot: values.get(spot[1], spot[0]), text)
