"""What can go wrong with silences, maintenance windows and inhibition."""

from opsloom.kit.errors import Conflict, InvalidInput, NotFound, PreconditionFailed, PreconditionRequired


class MuteInvalid(InvalidInput):
    """A matcher or a timing cannot be used; `details` name the field."""

    code, title = "mute_invalid", "It cannot keep alerts quiet like this"


class SilenceNotFound(NotFound):
    code, title = "silence_not_found", "No such silence"


class WindowNotFound(NotFound):
    code, title = "maintenance_window_not_found", "No such maintenance window"


class InhibitionNotFound(NotFound):
    code, title = "inhibition_not_found", "No such inhibition"


class SilenceOver(Conflict):
    code, title = "silence_over", "The silence is over"


class MuteChanged(PreconditionFailed):
    """`extensions` name the revision it has now."""

    code, title = "mute_changed", "It changed in the meantime"


class MuteRevisionMissing(PreconditionRequired):
    code, title = "mute_revision_missing", "Say which revision you edited"
