"""What can go wrong with cases of rules, each with its own code."""

from opsloom.kit.errors import Conflict, NotFound


class RuleCaseNotFound(NotFound):
    """No such saved case of this rule."""

    code, title = "rule_case_not_found", "No such saved case"


class RuleCasesFull(Conflict):
    """A rule keeps a limited number of cases."""

    code, title = "rule_cases_full", "The rule has too many cases"


class RuleCasesNotGreen(Conflict):
    """A policy lets the rule go into force only when its saved cases have passed on the draft."""

    code, title = "rule_cases_not_green", "The saved cases have not passed"
