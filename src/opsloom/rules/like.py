"""LIKE in time linear in the text for each run of the pattern, so that no pattern can stall the engine."""

from collections.abc import Callable
from functools import lru_cache

_ANY = None
"""Stands for `_` inside a run."""


@lru_cache(maxsize=4096)
def matcher(pattern: str, *, ignore_case: bool) -> Callable[[str], bool]:
    """A function that says whether text is like `pattern`."""
    runs = _runs(pattern.lower() if ignore_case else pattern)
    if len(runs) == 1:
        whole = runs[0]

        def exact(text: str) -> bool:
            text = text.lower() if ignore_case else text
            return len(text) == len(whole) and _fits(whole, text, 0)

        return exact

    def spread(text: str) -> bool:
        return _spread(runs, text.lower() if ignore_case else text)

    return spread


def _runs(pattern: str) -> list[list[str | None]]:
    """The pattern cut at every `%`; a backslash takes the next character as it is."""
    runs: list[list[str | None]] = [[]]
    characters = iter(pattern)
    for character in characters:
        if character == "%":
            runs.append([])
        elif character == "_":
            runs[-1].append(_ANY)
        else:
            runs[-1].append(next(characters, "\\") if character == "\\" else character)
    return runs


def _fits(run: list[str | None], text: str, at: int) -> bool:
    return all(wanted is _ANY or text[at + i] == wanted for i, wanted in enumerate(run))


def _spread(runs: list[list[str | None]], text: str) -> bool:
    """First run at the start, last at the end, each between at its earliest place: taking the earliest never loses."""
    first, *middle, last = runs
    end = len(text) - len(last)
    if end < len(first) or not _fits(first, text, 0) or not _fits(last, text, end):
        return False
    at = len(first)
    for run in middle:
        at = _find(run, text, at, end)
        if at < 0:
            return False
        at += len(run)
    return True


def _find(run: list[str | None], text: str, start: int, end: int) -> int:
    if _ANY not in run:
        return text.find("".join(one for one in run if one), start, end)
    last = end - len(run)
    return next((at for at in range(start, last + 1) if _fits(run, text, at)), -1)
