"""Passwords: argon2id in worker threads, behind a bulkhead so that a flood of log-ins cannot take the whole machine."""

import asyncio
from functools import cache
from typing import Annotated, Final

from pwdlib.hashers.argon2 import Argon2Hasher
from pydantic import AfterValidator, SecretStr, StringConstraints

from opsloom.identity.errors import PasswordWeak
from opsloom.kit.resilience.bulkhead import BulkheadPolicy, Bulkheads

MIN_LENGTH: Final = 12
MAX_LENGTH: Final = 256

# The parameters OWASP recommends for argon2id: 19 MiB, two passes, one lane. A place costs 19 MiB and about 30 ms.
_HASHER: Final = Argon2Hasher(memory_cost=19 * 1024, time_cost=2, parallelism=1)
_ROOMS: Final = Bulkheads(BulkheadPolicy(limit=2, queue=64, wait_s=5.0))


@cache
def _nobodys_hash() -> str:
    """What a password is compared with when there is no account, so that the same work is done."""
    return _HASHER.hash("no account has this password")


def check_strength(password: str, email: str) -> None:
    """Raises PasswordWeak with the way out as its hint."""
    if len(password) < MIN_LENGTH:
        raise PasswordWeak("The password is too short.", hint=f"Use {MIN_LENGTH} characters or more.")
    local = email.partition("@")[0]
    if password.casefold() in {email, local, local * 2, email[::-1]}:
        raise PasswordWeak("The password is the e-mail address.", hint="Use a passphrase that nobody can derive.")
    if len(set(password)) < 5:
        raise PasswordWeak("The password repeats too few characters.", hint="Use a passphrase of several words.")


async def hash_password(password: str) -> str:
    async with _ROOMS.slot("passwords"):
        return await asyncio.to_thread(_HASHER.hash, password)


async def verify_password(password: str, stored: str | None) -> bool:
    """Whether the password fits. With no stored hash it does the same work and says no."""
    async with _ROOMS.slot("passwords"):
        fits = await asyncio.to_thread(_HASHER.verify, password, stored or _nobodys_hash())
    return fits and stored is not None


def is_outdated(stored: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(stored)


def _storable(secret: SecretStr) -> SecretStr:
    try:
        secret.get_secret_value().encode()
    except UnicodeEncodeError:
        raise ValueError("must be valid Unicode text") from None
    return secret


Password = Annotated[SecretStr, StringConstraints(min_length=1, max_length=MAX_LENGTH), AfterValidator(_storable)]
