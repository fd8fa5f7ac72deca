"""Answers in a model's words, held to our own. Off unless the policy says so.

Invariant: the facts of a text (numbers with their units, markers of references, names from the evidence, and whatever looks like
a name or a code) are the same and in the same order before and after, so that nothing is altered, added, left out or swapped.
A text that does not hold to it is not shown; ours is. A meaning turned round without touching a fact is not noticed.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import orjson

from opsloom.ask.blocks import Answer, MarkdownBlock
from opsloom.ask.llm.calls import Models, Request, family_of
from opsloom.ask.llm.drafted import Unusable, object_in
from opsloom.ask.llm.providers import Message
from opsloom.ask.plan import Language
from opsloom.ask.prompts.content import rendered
from opsloom.ask.prompts.purposes import Purpose
from opsloom.identity.scope import Scope
from opsloom.infra.telemetry import get_logger, note_failure
from opsloom.kit.errors import OpsloomError
from opsloom.kit.resilience import deadline

_FACT: Final = re.compile(
    r"\[r\d+\]"  # a reference
    r"|[+\-±−]?\d[\d,.:/T-]*(?:\s?(?:%|°C|[A-Za-zµμ]+(?:/[a-z]+)?))?"  # a number or time, with its unit
    r"|[A-Za-z][A-Za-z]*(?:[\d._/:@-]+[A-Za-z0-9]+)+"  # web-01, cpu.usage, 10.0.0.1 after a letter
    r"|\b[A-Z]{2,}\b"  # an acronym
)
_MOST_TEXT: Final = 8000
_MOST_NAMES: Final = 400
_log = get_logger(__name__)


@dataclass(frozen=True)
class Reworded:
    """The answer to show, and what became of the wish, for the stage: empty where no model was asked."""

    answer: Answer
    outcome: str = ""


class ModelWords:
    """Rewords answers with the model of their tenant."""

    def __init__(self, models: Models) -> None:
        self._models = models

    async def reword(self, scope: Scope, answer: Answer) -> Reworded:
        """Never raises for what a model or its provider does."""
        places = [place for place, block in enumerate(answer.blocks) if isinstance(block, MarkdownBlock) and block.text]
        texts = [block.text for block in answer.blocks if isinstance(block, MarkdownBlock) and block.text]
        if not answer.references or not texts or sum(map(len, texts)) > _MOST_TEXT:
            return Reworded(answer)
        try:
            said = await self._ask(scope, answer.language, texts)
            if said is None:
                return Reworded(answer)
        except Unusable as error:
            return Reworded(answer, f"not reworded: {error}")
        except OpsloomError as error:
            note_failure("llm.reword", error)
            _log.info("llm.not_reworded", code=error.code, cause=error.message)
            return Reworded(answer, f"not reworded: {family_of(error)}")
        names = names_in(answer)
        blocks, changed = list(answer.blocks), 0
        for place, before, after in zip(places, texts, said, strict=True):
            block = blocks[place]
            assert isinstance(block, MarkdownBlock)
            if same_facts(before, after, names):
                blocks[place] = block.model_copy(update={"text": after})
                changed += 1
        return Reworded(answer.model_copy(update={"blocks": blocks}), f"reworded {changed} of {len(texts)}")

    async def _ask(self, scope: Scope, language: Language, texts: Sequence[str]) -> list[str] | None:
        """As many texts as were given; None where no model may. Raises Unusable and what `Models.say` raises."""
        terms = await self._models.terms(scope, (Purpose.REPHRASE,), language)
        if terms is None:
            return None
        prompt = terms.prompts[Purpose.REPHRASE]
        values = {"language": "Korean" if language is Language.KO else "English"}
        data = orjson.dumps({"paragraphs": list(texts)}).decode()
        messages: list[Message] = [("system", rendered(prompt.text, values)), ("data", data)]
        async with deadline.within(terms.policy.deadline_s):
            said = await self._models.say(scope, terms, terms.policy.model, Request(Purpose.REPHRASE, prompt, messages))
        try:
            return _paragraphs(said.text, len(texts))
        except Unusable as error:
            await self._models.judge(scope, said, str(error))
            raise


def _paragraphs(text: str, count: int) -> list[str]:
    found = object_in(text).get("paragraphs")
    if not isinstance(found, list) or len(found) != count or not all(isinstance(each, str) for each in found):
        raise Unusable(f"the answer holds no list of {count} paragraphs")
    return found


def names_in(answer: Answer) -> list[str]:
    """The names that the evidence holds, longest first."""
    cells = {
        cell.strip()
        for reference in answer.references
        for row in reference.rows
        for cell in row.values()
        if isinstance(cell, str) and 2 <= len(cell.strip()) <= 100
    }
    return sorted(cells, key=len, reverse=True)[:_MOST_NAMES]


def same_facts(before: str, after: str, names: Iterable[str]) -> bool:
    """Whether a text states the same facts in the same order as another."""
    known = list(names)
    return bool(after.strip()) and facts(before, known) == facts(after, known)


def facts(text: str, names: Sequence[str]) -> list[str]:
    """Names, numbers with units, references and codes, in reading order."""
    spoken = "|".join(re.escape(name) for name in names if name in text)
    rule = re.compile(f"(?:{spoken})|{_FACT.pattern}") if spoken else _FACT
    return [re.sub(r"\s", "", found[0]).rstrip(".,:") for found in rule.finditer(text)]
