"""Content as it is stored and hashed: canonical JSON, so that equal content has an equal hash everywhere."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping


def content_hash(content: Mapping[str, object]) -> str:
    """SHA-256 of the canonical JSON (sorted keys, no blanks, UTF-8), 64 hexadecimal digits."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def slug_of(name: str) -> str:
    """A name as it may stand in an address: letters of any script and digits, joined by hyphens."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    slug = re.sub(r"[^\w]+", "-", plain).strip("-_")
    return slug[:80] or "asset"
