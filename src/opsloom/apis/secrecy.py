"""What the log may keep of a call's values. Pure.

Invariant: the value of a parameter that is declared sensitive, or whose name says that it opens something, is never kept, nor is
such a property inside a JSON value. What is kept of a long value is marked as cut, so that nobody takes it for the whole.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

import orjson

from opsloom.kit.masking import HIDDEN

CUT: Final = "…"
LONGEST: Final = 200

_OPENS: Final = re.compile(
    r"passw|passphrase|passcode|\bpwd\b|\bsecrets?\b|\btokens?\b|credential|\b(api|access|private|signing) ?keys?\b|"
    r"\bauthorization\b|\bcookies?\b|\bjwt\b|\botp\b|\bpin\b|\bcv[vc]\b|비밀번호|비번|암호|토큰|인증번호",
    re.IGNORECASE,
)
_JSON_NAME: Final = re.compile(r'"([^"\\]{1,100})"\s*:')


def opens_something(name: str) -> bool:
    """Whether a name says that what it holds is a secret."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return _OPENS.search(words.replace("_", " ").replace("-", " ")) is not None


def kept(values: Mapping[str, Any], hidden: Collection[str], json_names: Collection[str]) -> dict[str, Any]:
    """The values as the log may keep them."""
    return {
        name: HIDDEN
        if name in hidden and value is not None
        else _short(_json(value) if name in json_names and isinstance(value, str) else value)
        for name, value in values.items()
    }


def scrubbed(text: str, secrets: Iterable[object]) -> str:
    """A text without the secrets it quotes. Shorter ones than three characters say nothing and stand everywhere."""
    for secret in secrets:
        if isinstance(secret, str) and len(secret) > 2:
            text = text.replace(secret, HIDDEN)
    return text


def withheld(values: Mapping[str, Any]) -> list[str]:
    """The names of the values that the log does not hold as they were."""
    return [name for name, value in values.items() if isinstance(value, str) and _is_altered(value)]


def _is_altered(value: str) -> bool:
    return f'"{HIDDEN}"' in value or value == HIDDEN or (len(value) > LONGEST and value.endswith(CUT))


def _short(value: Any) -> Any:
    return value[:LONGEST] + CUT if isinstance(value, str) and len(value) > LONGEST else value


def _json(text: str) -> str:
    """JSON text without its secrets; it is only read when a name in it calls for that."""
    if not any(opens_something(name) for name in _JSON_NAME.findall(text)):
        return text
    try:
        return orjson.dumps(_walked(orjson.loads(text))).decode()
    except orjson.JSONDecodeError:
        return HIDDEN


def _walked(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: HIDDEN if each is not None and opens_something(name) else _walked(each)
            for name, each in value.items()
        }
    return [_walked(each) for each in value] if isinstance(value, list) else value
