"""Which columns of a sample are not shown.

The invariant: a column is kept whole or not at all. It is left out when somebody declared so, when its name says that it
holds something private, or when any one of its values looks like it: an address, a number of a card or of a person, a
password inside a text, a token. Judging is generous on purpose: a sample that is missing costs little.
"""

import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import Final

from opsloom.connections.catalog.facts import MaskReason, Plain

_NAMES: Final = re.compile(
    r"""
    passw|passphrase|passcode|\bpwd|\bpw\b|secret|token|credential|api_?key|access_?key|private_?key|\bsalt\b|\bhash\b|
    \botp\b|\bpin\b|\bcvv|\bcvc|signature|session|cookie|\bjwt\b|
    e_?mail|phone|mobile|\btel\b|\bfax\b|address|\baddr|street|zip_?code|postal|birth|\bdob\b|\bgender\b|\brace\b|religion|
    \bssn\b|\brrn\b|resident|passport|licen[sc]e_no|national_id|tax_id|
    first_?name|last_?name|full_?name|surname|\biban\b|\bbic\b|card_?(no|num)|credit|account_?(no|num)|salary|wage|
    비밀번호|비번|암호|이메일|메일|전화|휴대폰|핸드폰|주소|생년월일|생일|주민|여권|면허|성명|이름|카드|계좌|급여|연봉|토큰|인증
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SHAPES: Final = tuple(
    re.compile(shape)
    for shape in (
        r"\S@\S",  # addresses, also cut ones
        r"\beyJ[\w-]{8,}\.[\w-]{4,}",  # JSON web tokens
        r"-----BEGIN ",  # keys and certificates
        r"://[^/\s:@]+:[^/\s@]+@",  # an address with a password in it
        r"\b(?:sk|pk|rk|ghp|gho|ghs|github_pat|glpat|xox[abps]|whsec|hvs|olk|ols)[-_][A-Za-z0-9_-]{8,}",
        r"\b(?:AKIA|ASIA|AIza)[A-Za-z0-9_-]{12,}",
        r"(?i)\b(?:bearer|basic)\s+[a-z0-9+/=._-]{8,}",
        r"(?i)[\"']?(?:passw(?:or)?d|pwd|secret|token|api_?key)[\"']?\s*[:=]",  # inside JSON, settings, logs
        r"\$(?:2[aby]|argon2\w*|pbkdf2[\w-]*|scrypt|[156y])\$",  # hashes of passwords
        r"\b\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[-\s]?[1-8]\d{6}\b",  # Korean resident registration numbers
        r"\b\d{3}-\d{2}-\d{4}\b",  # US social security numbers
        r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){3,7}",  # IBAN
        r"(?<![\d.])(?:\+\d{1,3}[\s.-]?)?\(?0\d{1,2}\)?[\s.-]\d{3,4}[\s.-]\d{4}(?!\d)",  # telephone numbers
        r"(?<![\d.])\+\d{1,3}(?:[\s.-]?\d){7,12}(?!\d)",
        r"\b01[016789]\d{7,8}\b",
    )
)
_CARD: Final = re.compile(r"(?<!\d)(?<!\d\.)[2-6](?:[ -]?\d){13,18}(?!\d|\.\d)")
_OPAQUE: Final = re.compile(r"(?<![\w-])[A-Za-z0-9+/_=-]{24,}(?![\w-])")
_UUID: Final = re.compile(r"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_HEX: Final = re.compile(r"(?i)[0-9a-f]{32,}")


def by_declaration(masks: Sequence[str], schema: str, table: str, column: str) -> bool:
    """Whether somebody declared the column private: `column`, `table.column` or `schema.table.column`, with wildcards."""
    named = [column.casefold(), f"{table}.{column}".casefold(), f"{schema}.{table}.{column}".casefold()]
    return any(fnmatchcase(one, mask.casefold()) for mask in masks for one in named)


def by_name(column: str) -> bool:
    """Whether the column's name says that it holds something private."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", column)
    return _NAMES.search(words) is not None or _NAMES.search(words.replace("_", " ").replace("-", " ")) is not None


def by_values(values: Iterable[Plain]) -> bool:
    """Whether any of the values looks like something private."""
    return any(_is_private(value) for value in values)


def reason_to_mask(masks: Sequence[str], schema: str, table: str, column: str) -> MaskReason | None:
    """What can be said before any value was read."""
    if by_declaration(masks, schema, table, column):
        return MaskReason.DECLARED
    return MaskReason.NAME if by_name(column) else None


def _is_private(value: Plain) -> bool:
    if value is None or isinstance(value, bool | float):
        return False
    text = str(value)
    if any(shape.search(text) for shape in _SHAPES):
        return True
    if any(_passes_luhn(found.group()) for found in _CARD.finditer(text)):
        return True
    return any(_is_opaque(found.group()) for found in _OPAQUE.finditer(text))


def _passes_luhn(text: str) -> bool:
    """Whether the digits end in a card's check digit (ISO/IEC 7812)."""
    digits = [int(each) for each in text if each.isdigit()]
    doubled = [digit * 2 - 9 if digit > 4 else digit * 2 for digit in digits[-2::-2]]
    return len(set(digits)) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _is_opaque(word: str) -> bool:
    """A long word that nobody would write or say: a token or a hash. Identifiers in UUID form are not."""
    if _UUID.fullmatch(word):
        return False
    if _HEX.fullmatch(word):
        return True
    kinds = (str.islower, str.isupper, str.isdigit)
    mixed = all(any(test(letter) for letter in word) for test in kinds)
    return mixed and len(set(word)) >= 12
