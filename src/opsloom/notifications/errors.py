"""What can go wrong with notifications."""

from opsloom.kit.errors import Conflict, InvalidInput, NotFound


class DeliveryNotFound(NotFound):
    """No such delivery in this tenant."""

    code = "delivery_not_found"


class DeliveryUnderWay(Conflict):
    """It is being sent already."""

    code = "delivery_under_way"


class ChannelTypeFixed(Conflict):
    """A channel keeps its type for life."""

    code = "channel_type_fixed"


class HeaderRefused(InvalidInput):
    """A header that a webhook may not set."""

    code = "header_refused"


class SecretNeeded(InvalidInput):
    """A secret without which a channel cannot be."""

    code, title = "secret_needed", "A secret is missing"
