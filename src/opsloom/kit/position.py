"""Where something stands in a text."""


def line_and_column(source: str, offset: int) -> tuple[int, int]:
    """Both from 1, as editors count."""
    before = source[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
