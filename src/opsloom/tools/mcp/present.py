"""Tools as the Model Context Protocol shows them, and results as it carries them.

Names: a key may hold letters that the protocol's clients refuse, so every name is made of `[A-Za-z0-9_-]`, at most 64, and is
told back to its key by looking, never by undoing. Structured results are objects in every protocol version, so a tool whose
answer is something else is shown as `{"result": …}`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

import orjson

from opsloom.kit.errors import OpsloomError

if TYPE_CHECKING:
    from mcp.types import CallToolResult, Tool

MOST_LISTED: Final = 30
"""With more tools than this a model reads worse than it searches."""
MOST_RESULT_BYTES: Final = 512 * 1024
_MOST_NAME = 64
_MOST_FOUND = 10
_FORBIDDEN = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Offer:
    """A published tool as it is offered to one caller."""

    key: str
    title: str
    description: str
    when_to_use: str
    input_schema: Mapping[str, Any]
    output_schema: Mapping[str, Any] | None
    capabilities: frozenset[str]

    @property
    def name(self) -> str:
        """The key where it is plain enough; else what is left of it with a digest that keeps it apart."""
        if not _FORBIDDEN.search(self.key) and len(self.key) <= _MOST_NAME:
            return self.key
        plain = re.sub("--+", "-", _FORBIDDEN.sub("-", self.key)).strip("-")[: _MOST_NAME - 9]
        mark = blake2b(self.key.encode(), digest_size=4).hexdigest()
        return f"{plain}-{mark}" if plain else f"tool-{mark}"

    @property
    def text(self) -> str:
        """What a model reads before it chooses."""
        parts = (self.description.strip(), f"When to use: {self.when_to_use.strip()}" if self.when_to_use else "")
        return "\n\n".join(part for part in parts if part)


def named(offers: Iterable[Offer], name: str) -> Offer | None:
    """The offer that is shown under a name."""
    return next((offer for offer in offers if name in (offer.name, offer.key)), None)


def as_tool(offer: Offer) -> "Tool":
    """One line of `tools/list`."""
    from mcp.types import Tool, ToolAnnotations

    has = offer.capabilities.__contains__
    return Tool(
        name=offer.name,
        title=offer.title,
        description=offer.text,
        input_schema={"type": "object", **offer.input_schema},
        output_schema=_object_schema(offer.output_schema),
        annotations=ToolAnnotations(
            title=offer.title,
            read_only_hint=has("read_only"),
            destructive_hint=has("destructive"),
            idempotent_hint=has("idempotent") or has("read_only"),
            open_world_hint=has("open_world"),
        ),
    )


def succeeded(value: Any, offer: Offer) -> "CallToolResult":
    """A result as text, and as structure where the tool says which."""
    from mcp.types import CallToolResult, TextContent

    text = orjson.dumps(value)
    if len(text) > MOST_RESULT_BYTES:
        return refused(
            f"The result has {len(text):,} bytes; at most {MOST_RESULT_BYTES:,} are sent.",
            "Ask for less: fewer rows, a shorter time, or an aggregate.",
        )
    structured = None
    if offer.output_schema is not None:
        structured = value if _is_object(offer.output_schema) else {"result": value}
    content = [TextContent(type="text", text=text.decode())]
    return CallToolResult(content=list(content), structured_content=structured)


def failed(error: OpsloomError) -> "CallToolResult":
    """A failure that a model can read and act upon."""
    details = "; ".join(f"{each.pointer}: {each.detail}" for each in error.details)
    return refused(f"{error.title}: {error}", error.hint or "", details, code=error.code)


def refused(sentence: str, hint: str = "", details: str = "", *, code: str = "tool_refused") -> "CallToolResult":
    """A call that gave no result."""
    from mcp.types import CallToolResult, TextContent

    text = "\n".join(part for part in (f"{sentence} [{code}]", details, hint) if part)
    return CallToolResult(content=[TextContent(type="text", text=text)], is_error=True)


SEARCH: Final = Offer(
    key="search_tools",
    title="Search tools",
    description="Finds tools by what they do. There are too many to list; search, then call the one found with run_tool.",
    when_to_use="First, whenever a tool is needed.",
    input_schema={
        "type": "object",
        "properties": {"query": {"type": "string", "maxLength": 400, "description": "What the tool should do."}},
        "required": ["query"],
        "additionalProperties": False,
    },
    output_schema=None,
    capabilities=frozenset({"read_only"}),
)
RUN: Final = Offer(
    key="run_tool",
    title="Run a tool",
    description="Runs a tool that search_tools found, with arguments that fit its input schema.",
    when_to_use="After search_tools.",
    input_schema={
        "type": "object",
        "properties": {"name": {"type": "string"}, "arguments": {"type": "object"}},
        "required": ["name", "arguments"],
        "additionalProperties": False,
    },
    output_schema=None,
    capabilities=frozenset(),
)


def search(offers: Sequence[Offer], query: str) -> list[dict[str, Any]]:
    """The tools whose name, description or when-to-use is nearest to the query, best first, with their input schemas."""
    from rapidfuzz import fuzz, process, utils

    texts = [f"{offer.title} {offer.key.replace('-', ' ').replace('_', ' ')} {offer.text}" for offer in offers]
    found = process.extract(
        query, texts, scorer=fuzz.token_set_ratio, processor=utils.default_process, limit=_MOST_FOUND
    )
    return [
        {
            "name": offers[index].name,
            "title": offers[index].title,
            "description": offers[index].text,
            "input_schema": offers[index].input_schema,
        }
        for _text, score, index in found
        if score > 0
    ]


def _is_object(schema: Mapping[str, Any]) -> bool:
    return schema.get("type") == "object"


def _object_schema(schema: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if schema is None:
        return None
    if _is_object(schema):
        return dict(schema)
    inner = dict(schema)
    definitions = {"$defs": inner.pop("$defs")} if "$defs" in inner else {}  # references count from the root
    return {"type": "object", "properties": {"result": inner}, "required": ["result"], **definitions}
