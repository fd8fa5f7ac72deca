"""Values of a call from what is known of an alert. Pure.

A value that is one place and nothing else keeps the type of what it names; text around places is filled in as text.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from opsloom.rules.decisions import render
from opsloom.rules.facts import Json

_ONE_PLACE: Final = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


def words_of(told: Mapping[str, Json], labels: Mapping[str, str], proof: Mapping[str, Any]) -> dict[str, Json]:
    """What values may name: the alert, its labels, and the latest values that decided."""
    facts = proof.get("facts") or [{}]
    latest: Mapping[str, Json] = facts[-1].get("values") or {}
    words: dict[str, Json] = dict(told)
    for name, label in labels.items():
        words[name] = words[f"attrs.{name}"] = label
    for text, read in latest.items():
        words[text] = words[text.replace("['", ".").replace("']", "")] = read
    return words


def fill(parameters: Mapping[str, str], words: Mapping[str, Json]) -> dict[str, Json]:
    """The values of a call."""
    return {name: _filled(text, words) for name, text in parameters.items()}


def _filled(text: str, words: Mapping[str, Json]) -> Json:
    whole = _ONE_PLACE.fullmatch(text.strip())
    return words.get(whole[1]) if whole else render(text, dict(words))
