"""Time that stands still until a test moves it."""

import pytest


class Seconds:
    """A monotonic clock: call it for the time."""

    def __init__(self) -> None:
        self.at = 1_000.0

    def __call__(self) -> float:
        return self.at

    def advance(self, seconds: float) -> None:
        self.at += seconds


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()
