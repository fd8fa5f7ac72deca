"""Text as it may leave the process or be kept: what looks like a credential is struck out. Pure.

It is a net, not a proof: the keys of connections are never in such text to begin with (the bridge puts them into requests),
this catches what people paste into a question.
"""

import re
from typing import Final

STRUCK_OUT: Final = "[masked]"
MOST_CHARS: Final = 40_000

_WHOLE: Final = (
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL),
    re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{4,}"),  # a JSON web token
    re.compile(r"\b(?:sk|pk|rk|ghp|gho|ghs|glpat|xox[abprs]|hf|osl)[-_][A-Za-z0-9_-]{12,}"),
    re.compile(r"\bgithub_pat_[A-Za-z0-9_]{20,}"),
    re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    re.compile(r"\bAIza[A-Za-z0-9_-]{30,}"),
)
_AFTER: Final = re.compile(
    r"(?i)(\b(?:password|passwd|pwd|secret|token|api[_ -]?key|authorization|비밀번호|암호)\b[\"']?\s*(?:[:=]|은|는)\s*)"
    r"(?:(bearer|basic)\s+)?[\"']?([^\s\"',;}]{4,})"
)
_BEARER: Final = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{12,}")
_IN_URL: Final = re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s:/@]+:)[^\s/@]+(@)")


def masked(text: str) -> str:
    """The text without what looks like a credential, and no longer than is kept."""
    for rule in _WHOLE:
        text = rule.sub(STRUCK_OUT, text)
    text = _IN_URL.sub(rf"\1{STRUCK_OUT}\2", text)
    text = _BEARER.sub(rf"\1 {STRUCK_OUT}", text)
    text = _AFTER.sub(lambda found: f"{found[1]}{STRUCK_OUT}", text)
    return text if len(text) <= MOST_CHARS else text[:MOST_CHARS] + "…"


def storable(text: str) -> str:
    """The text as PostgreSQL holds it."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
