"""What can go wrong in the inventory."""

from opsloom.kit.errors import InvalidInput, NotFound


class ItemNotFound(NotFound):
    code, title = "item_not_found", "Configuration item not found"


class SampleRefused(InvalidInput):
    code, title = "sample_refused", "Metric sample refused"
