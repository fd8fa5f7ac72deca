"""What can go wrong here."""

from opsloom.kit.errors import NotFound


class BreakerNotFound(NotFound):
    """No such breaker concerns this tenant."""

    code = "breaker_not_found"
