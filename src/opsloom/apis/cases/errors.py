"""What can go wrong with saved cases, each with its own code."""

from opsloom.kit.errors import Conflict, NotFound


class ApiCaseNotFound(NotFound):
    """No such saved case of this API."""

    code, title = "api_case_not_found", "No such saved case"


class ApiCasesFull(Conflict):
    """An API keeps a limited number of cases."""

    code, title = "api_cases_full", "The API has too many cases"


class CasesNotGreen(Conflict):
    """A policy lets the API go into force only when its saved cases have passed on the draft."""

    code, title = "api_cases_not_green", "The saved cases have not passed"
