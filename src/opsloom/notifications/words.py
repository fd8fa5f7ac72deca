"""What people read: the plain words of every message, and templates in which `{{ … }}` holds JSONata over the message.

Templates see `alert`, `transition`, `message` (the plain title by language), `count` and `alerts` (of a digest), `link` (the page of
the alert) and `acknowledge`. The last is a mark until the moment of sending: the link itself is a credential and is kept nowhere.
"""

from dataclasses import dataclass
from typing import Annotated, Final

import orjson
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from opsloom.infra.aside import Aside, ExpressionUnreadable
from opsloom.kit import template
from opsloom.kit.errors import FieldProblem, InvalidInput
from opsloom.kit.model import Text
from opsloom.notifications.content import Language

ACKNOWLEDGE: Final = "{acknowledge-link}"
_LONGEST_TITLE: Final = 250
_LONGEST_TEXT: Final = 20_000


class TemplateUnreadable(InvalidInput):
    """A template holds something that cannot be read."""

    code, title = "template_unreadable", "The template cannot be read"


class _Stored(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Wording(_Stored):
    """A title and a text; an empty one leaves the plain words."""

    title: Annotated[Text, Field(max_length=1_000)] = ""
    text: Annotated[Text, Field(max_length=10_000)] = ""


class TemplateContent(_Stored):
    """The content of an asset of kind `message_template`: words in Korean and in English."""

    description: Annotated[Text, Field(max_length=2_000)] = ""
    ko: Wording = Wording()
    en: Wording = Wording()

    def wording(self, language: Language) -> Wording:
        """The words in a language."""
        return self.ko if language is Language.KO else self.en


@dataclass(frozen=True)
class Words:
    """A message as people read it."""

    title: str
    text: str


async def check(aside: Aside, content: TemplateContent) -> None:
    """Whether every expression can be read. Raises TemplateUnreadable, ExpressionTooCostly."""
    problems: list[FieldProblem] = []
    for language, wording in (("ko", content.ko), ("en", content.en)):
        for part, text in (("title", wording.title), ("text", wording.text)):
            pointer = f"/{language}/{part}"
            try:
                expressions = template.read(text).expressions
                await aside.check(expressions)
            except template.Unclosed as error:
                problems.append(
                    FieldProblem(pointer=pointer, detail=f"{error} (line {error.line}, column {error.column}).")
                )
            except ExpressionUnreadable as error:
                problems.append(FieldProblem(pointer=pointer, detail=error.message))
    if problems:
        raise TemplateUnreadable(problems[0].detail, details=problems, hint="See `errors`.")


async def fill(aside: Aside, wording: Wording, plain: Words, given: dict[str, JsonValue]) -> Words:
    """A template's words about one message. Raises ExpressionFailed, ExpressionUnreadable, ExpressionTooCostly, Unclosed."""
    title, text = template.read(wording.title), template.read(wording.text)
    expressions = list(dict.fromkeys([*title.expressions, *text.expressions]))
    values = {}
    if expressions:
        found = await aside.evaluate(expressions, orjson.dumps(given))
        values = dict(zip(expressions, found, strict=True))
    filled = [str(each.fill(values, template.as_text)).strip() for each in (title, text)]
    one_line = " ".join(filled[0].split())
    return Words((one_line or plain.title)[:_LONGEST_TITLE], (filled[1] or plain.text)[:_LONGEST_TEXT])
