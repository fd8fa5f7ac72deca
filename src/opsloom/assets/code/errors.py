"""What can be wrong with files, and with applying them."""

from collections.abc import Sequence
from dataclasses import dataclass

from opsloom.kit.errors import Conflict, FieldProblem, Forbidden, InvalidInput, MalformedRequest, PayloadTooLarge

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong in one place; line and column count from 1, and are 0 where it is the file as a whole."""

    file: str
    line: int
    column: int
    message: str
    code: str = "invalid"
    pointer: str = ""

    def __str__(self) -> str:
        place = f":{self.line}:{self.column}" if self.line else ""
        return f"{self.file}{place}: {self.message}"


class FileProblem(FieldProblem):
    """A problem with its place in a file."""

    file: str
    line: int
    column: int


def problems_of(flaws: Sequence[Flaw]) -> list[FieldProblem]:
    """Flaws as they stand in a problem document, the first hundred."""
    return [
        FileProblem(
            pointer=flaw.pointer,
            detail=flaw.message,
            code=flaw.code,
            file=flaw.file,
            line=flaw.line,
            column=flaw.column,
        )
        for flaw in flaws[:SHOWN]
    ]


class FilesInvalid(InvalidInput):
    """Some files cannot be used; each flaw names its place, and nothing was changed."""

    code = "files_invalid"

    def __init__(self, flaws: Sequence[Flaw]) -> None:
        more = f" ({len(flaws) - 1} more)" if len(flaws) > 1 else ""
        super().__init__(f"{flaws[0]}{more}", details=problems_of(flaws), hint="See `errors`; nothing was changed.")
        self.flaws = list(flaws)


class ParametersRefused(InvalidInput):
    """Values that the bundle's parameters do not allow."""

    code = "bundle_parameters_invalid"


class Drifted(Conflict):
    """Somebody changed on the server what the files would overwrite."""

    code = "assets_drifted"


class KindForbidden(Forbidden):
    """The files change assets of a kind that the caller may not change."""

    code = "kind_forbidden"


class FilesTooLarge(PayloadTooLarge):
    """More than one request may carry."""

    code = "files_too_large"


class FilesUnreadable(MalformedRequest):
    """The body is not what the operation takes."""

    code = "files_unreadable"
