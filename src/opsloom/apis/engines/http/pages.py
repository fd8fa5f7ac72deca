"""Where the next page of an upstream's answer is. Pure."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from opsloom.apis.errors import UpstreamFailed
from opsloom.apis.logic import CursorPages, LinkPages, NumberPages
from opsloom.connections.service import HttpCall
from opsloom.kit.template import as_text

Json = Any
_LINK = re.compile(r"<([^>]*)>([^<]*)")
_NEXT = re.compile(r";\s*rel\s*=\s*(?:\"[^\"]*\bnext\b[^\"]*\"|next\b)", re.IGNORECASE)


def first(pages: CursorPages | LinkPages | NumberPages | None, call: HttpCall) -> HttpCall:
    """The call of the first page."""
    if isinstance(pages, NumberPages):
        return _asking(call, pages.parameter, str(pages.first))
    return call


def after_number(pages: NumberPages, call: HttpCall, got: int) -> HttpCall | None:
    """The next page by counting; `got` is how many rows this one had."""
    if got == 0 or (pages.size is not None and got < pages.size):
        return None
    return _asking(call, pages.parameter, str(int(str(call.query[pages.parameter])) + pages.step))


def after_cursor(pages: CursorPages, call: HttpCall, found: Json) -> HttpCall | None:
    """The next page by what the answer gave; the same cursor again is the end, not a circle."""
    if found is None or found == "" or found is False or found == []:
        return None
    cursor = as_text(found)
    return None if call.query.get(pages.parameter) == cursor else _asking(call, pages.parameter, cursor)


def after_link(call: HttpCall, link: str, base: str) -> HttpCall | None:
    """The next page by the header Link. Raises UpstreamFailed when it leaves the connection's URL."""
    targets = [target for target, rest in _LINK.findall(link[:20_000]) if _NEXT.search(rest)]
    if not targets:
        return None
    here = base.rstrip("/") + "/" + call.path.lstrip("/")
    there, root = urlsplit(urljoin(here, targets[0])), urlsplit(base)
    above = root.path.rstrip("/")
    if (there.scheme, there.netloc) != (root.scheme, root.netloc) or not f"{there.path}/".startswith(f"{above}/"):
        raise UpstreamFailed("The upstream's next page is not below the connection's URL.")
    following = replace(call, path=there.path[len(above) :], query=_pairs(there.query))
    return None if (following.path, following.query) == (call.path, call.query) else following


def _pairs(query: str) -> Mapping[str, str | list[str]]:
    pairs: dict[str, str | list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True, max_num_fields=200):
        earlier = pairs.get(name)
        pairs[name] = value if earlier is None else [*([earlier] if isinstance(earlier, str) else earlier), value]
    return pairs


def _asking(call: HttpCall, name: str, value: str) -> HttpCall:
    return replace(call, query={**call.query, name: value})
