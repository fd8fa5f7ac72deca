"""Whether a tool's result is as expected, and where not. Pure."""

from opsloom.kit import comparing
from opsloom.kit.comparing import Difference
from opsloom.tools.schemas import Contains, Equals, Expectation, Fails, Json


def differences(expectation: Expectation, result: Json) -> list[Difference]:
    """The first twenty places of a result that are not as expected; for expectations about results."""
    if isinstance(expectation, Equals | Contains):
        return comparing.differences(expectation.value, result, subset=isinstance(expectation, Contains))
    return []


def as_failed(expectation: Expectation, code: str) -> bool:
    """Whether an error with this code was expected."""
    return isinstance(expectation, Fails) and expectation.code == code
