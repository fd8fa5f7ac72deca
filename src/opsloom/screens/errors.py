"""What can go wrong with a screen."""

from opsloom.kit.errors import Conflict, InvalidInput, NotFound


class ScreenRefused(InvalidInput):
    """The gate found errors; `details` points at each place."""

    code, title = "screen_refused", "The screen cannot be published"


class AddressTaken(Conflict):
    """Another published screen has this address."""

    code, title = "screen_address_taken", "The address is taken"


class ScreenNotFound(NotFound):
    """No published screen has this address, or the caller may not see it."""

    code, title = "screen_not_found", "There is no such screen"
