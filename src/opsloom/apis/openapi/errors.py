"""What can go wrong with an OpenAPI document."""

from opsloom.kit.errors import FieldProblem, InvalidInput, PayloadTooLarge


class DocumentRefused(InvalidInput):
    """An OpenAPI document cannot be read; `details` points at each place."""

    code, title = "openapi_refused", "The OpenAPI document cannot be used"


class DocumentTooLarge(PayloadTooLarge):
    """An OpenAPI document is larger than is read."""

    code, title = "openapi_too_large", "The OpenAPI document is too large"


class Broken(Exception):
    """One place of a document that is not as it should be; costs the operation it belongs to, not the document."""

    def __init__(self, pointer: str, detail: str, code: str = "invalid") -> None:
        super().__init__(detail)
        self.pointer, self.detail, self.code = pointer, detail, code

    def refused(self) -> DocumentRefused:
        """As an error of the whole document."""
        problem = FieldProblem(pointer=self.pointer, detail=self.detail, code=self.code)
        return DocumentRefused(f"The document cannot be used: {self.detail}.", details=[problem])
