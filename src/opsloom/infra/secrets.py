"""Secrets at rest: AES-256-GCM, a data key per tenant, wrapped by a master key that never enters the database.

Invariant: a sealed text opens only in the tenant and for the purpose it was sealed for, because both (and the key's id) are
the associated data of the cipher; a row copied to another tenant or column is refused, not decrypted. A sealed text
names its key, so keys can change while old texts stay readable: `rotate` gives a tenant a new data key for what is
sealed from now on, and a new first line in the master key file is used for wrapping once `rewrap` has run.

Nonces are random; one data key would have to seal 2^32 texts before that mattered.
"""

import base64
import hashlib
import hmac
import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, NoReturn
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema
from sqlalchemy import Index, LargeBinary, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from opsloom.infra import revealed
from opsloom.infra.db import Base, TenantRow
from opsloom.infra.telemetry import get_logger
from opsloom.kit.errors import OpsloomError
from opsloom.kit.ids import new_id

KEY_BYTES: Final = 32
_NONCE_BYTES = 12
_MARK = "osl1"
_HIDDEN = "********"

_log = get_logger(__name__)


class TenantKey(TenantRow, Base):
    """A tenant's data key, wrapped by the master key `master_id`; one a tenant is active."""

    __tablename__ = "tenant_keys"
    __table_args__ = (Index("tenant_keys_active_key", "tenant_id", unique=True, postgresql_where=text("active")),)

    key_id: Mapped[UUID] = mapped_column(primary_key=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    master_id: Mapped[str]
    active: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class MasterKeyUnusable(OpsloomError):
    """The master key file is missing, readable by others, or does not hold the key that is needed."""

    code, title = "master_key_unusable", "The master key cannot be used"


class SecretUnreadable(OpsloomError):
    """A sealed text is damaged, or was sealed for something else."""

    code, title = "secret_unreadable", "A stored secret cannot be read"


class SecretText:
    """Text that shows itself to nobody by accident: printing, logging, formatting, JSON and pickling hide or refuse it."""

    __slots__ = ("_text",)

    def __init__(self, value: str) -> None:
        self._text = value

    def reveal(self) -> str:
        """The text itself; the one way to it."""
        revealed.remember(self._text)
        return self._text

    def __repr__(self) -> str:
        return f"SecretText({_HIDDEN})"

    def __str__(self) -> str:
        return _HIDDEN

    def __format__(self, _spec: str) -> str:
        return _HIDDEN

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SecretText) and hmac.compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> int:
        return hash((SecretText, self._text))

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not to be copied out of the process")

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(
            lambda value: value if isinstance(value, cls) else cls(value),
            core_schema.union_schema([core_schema.is_instance_schema(cls), core_schema.str_schema(max_length=10_000)]),
            serialization=core_schema.plain_serializer_function_ser_schema(lambda _value: _HIDDEN),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, _schema: CoreSchema, _handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string", "format": "password", "writeOnly": True, "maxLength": 10_000}


@dataclass(frozen=True, repr=False)
class MasterKeys:
    """The master keys by id; `active_id` wraps, the others only unwrap."""

    active_id: str
    keys: Mapping[str, bytes]

    @classmethod
    def read(cls, path: Path) -> "MasterKeys":
        """One base64 key of 32 bytes a line, the active one first. Raises MasterKeyUnusable."""
        try:
            mode = stat.S_IMODE(path.stat().st_mode)
            lines = path.read_text("ascii").split()
        except (OSError, UnicodeDecodeError) as error:
            raise MasterKeyUnusable(f"The master key file {path} cannot be read ({type(error).__name__}).") from error
        if mode & 0o077:
            raise MasterKeyUnusable(
                f"The master key file {path} is open to others (mode {mode:04o}).", hint=f"chmod 600 {path}"
            )
        found = [_read_key(line, path) for line in lines]
        if not found:
            raise MasterKeyUnusable(f"The master key file {path} is empty.")
        return cls(_id_of(found[0]), {_id_of(key): key for key in found})

    @classmethod
    def read_or_create(cls, path: Path) -> "MasterKeys":
        """The keys of the data folder; on the first run a new one is made, readable by its owner only."""
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _write_new(path, base64.b64encode(os.urandom(KEY_BYTES)).decode() + "\n")
        return cls.read(path)

    @classmethod
    def add(cls, path: Path) -> "MasterKeys":
        """Put a new active key before the ones in the file, in one step that a crash cannot tear."""
        held = cls.read(path)
        lines = [os.urandom(KEY_BYTES), held.keys[held.active_id]]
        lines += [key for key_id, key in held.keys.items() if key_id != held.active_id]
        draft = path.with_name(f"{path.name}.new")
        draft.unlink(missing_ok=True)
        _write_new(draft, "".join(base64.b64encode(key).decode() + "\n" for key in lines))
        draft.replace(path)
        return cls.read(path)


@dataclass(frozen=True, repr=False)
class _DataKey:
    id: UUID
    key: bytes


class Secrets:
    """Seals and opens for one process. Methods run in the caller's transaction of that tenant."""

    def __init__(self, master: MasterKeys, reread: Callable[[], MasterKeys] | None = None) -> None:
        self._master = master
        self._reread = reread
        self._opened: dict[tuple[UUID, UUID], _DataKey] = {}

    async def seal(self, session: AsyncSession, tenant_id: UUID, purpose: str, secret: SecretText) -> str:
        """ASCII text to store; `purpose` names the place it is stored in and is needed to open it."""
        data_key = await self._active(session, tenant_id)
        nonce = os.urandom(_NONCE_BYTES)
        bound = _bound(tenant_id, purpose, data_key.id)
        sealed = AESGCM(data_key.key).encrypt(nonce, secret.reveal().encode(), bound)
        return _written(data_key.id, nonce + sealed)

    async def open(self, session: AsyncSession, tenant_id: UUID, purpose: str, sealed: str) -> SecretText:
        """What was sealed. Raises SecretUnreadable, MasterKeyUnusable."""
        key_id, raw = _parts(sealed)
        data_key = await self._by_id(session, tenant_id, key_id)
        try:
            opened = AESGCM(data_key.key).decrypt(
                raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _bound(tenant_id, purpose, key_id)
            )
        except InvalidTag as error:
            raise SecretUnreadable("A stored secret is damaged or belongs elsewhere.") from error
        return SecretText(opened.decode())

    async def rotate(self, session: AsyncSession, tenant_id: UUID) -> UUID:
        """Seal with a new data key from now on; what was sealed before stays readable. Returns the new key's id."""
        retire = update(TenantKey).where(TenantKey.tenant_id == tenant_id, TenantKey.active).values(active=False)
        await session.execute(retire)
        made = await self._active(session, tenant_id)
        _log.info("secrets.data_key_rotated", tenant=str(tenant_id), key=str(made.id))
        return made.id

    async def rewrap(self, session: AsyncSession, tenant_id: UUID) -> int:
        """Wrap the tenant's data keys with the active master key; returns how many were not."""
        active_id = self._master.active_id
        query = select(TenantKey).where(TenantKey.tenant_id == tenant_id, TenantKey.master_id != active_id)
        rows = (await session.execute(query.order_by(TenantKey.key_id).with_for_update())).scalars().all()
        for row in rows:
            row.wrapped, row.master_id = self._wrap(tenant_id, self._unwrap(row)), active_id
        await session.flush()
        return len(rows)

    async def _active(self, session: AsyncSession, tenant_id: UUID) -> _DataKey:
        query = select(TenantKey).where(TenantKey.tenant_id == tenant_id, TenantKey.active)
        row = (await session.execute(query)).scalar_one_or_none()
        if row is None:
            made = _DataKey(new_id(), os.urandom(KEY_BYTES))
            values = {
                "tenant_id": tenant_id,
                "key_id": made.id,
                "wrapped": self._wrap(tenant_id, made),
                "master_id": self._master.active_id,
                "active": True,
            }
            await session.execute(insert(TenantKey).values(values).on_conflict_do_nothing())
            # Read back: somebody else may have been first, and then theirs is the key.
            row = (await session.execute(query)).scalar_one()
        return self._remembered(row)

    async def _by_id(self, session: AsyncSession, tenant_id: UUID, key_id: UUID) -> _DataKey:
        known = self._opened.get((tenant_id, key_id))
        if known is not None:
            return known
        query = select(TenantKey).where(TenantKey.tenant_id == tenant_id, TenantKey.key_id == key_id)
        row = (await session.execute(query)).scalar_one_or_none()
        if row is None:
            raise SecretUnreadable("A stored secret names a key that this tenant does not have.")
        return self._remembered(row)

    def _remembered(self, row: TenantKey) -> _DataKey:
        place = (row.tenant_id, row.key_id)
        known = self._opened.get(place)
        if known is None:
            known = self._opened[place] = self._unwrap(row)
        return known

    def _wrap(self, tenant_id: UUID, data_key: _DataKey) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        master = self._master.keys[self._master.active_id]
        return nonce + AESGCM(master).encrypt(nonce, data_key.key, _bound(tenant_id, "data-key", data_key.id))

    def _unwrap(self, row: TenantKey) -> _DataKey:
        if row.master_id not in self._master.keys and self._reread is not None:
            self._master = self._reread()  # somebody rotated the master key while this process ran
        master = self._master.keys.get(row.master_id)
        if master is None:
            raise MasterKeyUnusable(
                f"A tenant's secrets need the master key {row.master_id}, which is not in the key file.",
                hint="Restore the master key file that belongs to this database.",
            )
        nonce, body = row.wrapped[:_NONCE_BYTES], row.wrapped[_NONCE_BYTES:]
        try:
            return _DataKey(
                row.key_id, AESGCM(master).decrypt(nonce, body, _bound(row.tenant_id, "data-key", row.key_id))
            )
        except InvalidTag as error:
            raise SecretUnreadable("A tenant's data key is damaged.") from error


def _parts(sealed: str) -> tuple[UUID, bytes]:
    """Key id, and nonce with cipher text. There is one way to write each: a second spelling counts as damage."""
    try:
        mark, key_text, body = sealed.split(".")
        key_id = UUID(hex=key_text)
        raw = base64.b64decode(body.encode("ascii"), altchars=b"-_", validate=True)
    except ValueError as error:
        raise SecretUnreadable("A stored secret is damaged.") from error
    if mark != _MARK or len(raw) <= _NONCE_BYTES or _written(key_id, raw) != sealed:
        raise SecretUnreadable("A stored secret is damaged.")
    return key_id, raw


def _written(key_id: UUID, raw: bytes) -> str:
    return f"{_MARK}.{key_id.hex}.{base64.urlsafe_b64encode(raw).decode()}"


def _bound(tenant_id: UUID, purpose: str, key_id: UUID) -> bytes:
    return f"opsloom/1/{tenant_id}/{key_id}/{purpose}".encode()


def _id_of(key: bytes) -> str:
    return hashlib.sha256(b"opsloom master key id" + key).hexdigest()[:16]


def _read_key(line: str, path: Path) -> bytes:
    try:
        key = base64.b64decode(line, validate=True)
    except ValueError as error:
        raise MasterKeyUnusable(f"The master key file {path} holds a line that is not base64.") from error
    if len(key) != KEY_BYTES:
        raise MasterKeyUnusable(f"The master key file {path} holds a key of {len(key)} bytes; it must be {KEY_BYTES}.")
    return key


def _write_new(path: Path, content: str) -> None:
    """A file that never existed with wider rights than 0600, and is on the disk before anything relies on it."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    _log.info("secrets.master_key_written", path=str(path))


def load_secrets(data_dir: Path, master_key_file: Path | None) -> Secrets:
    """From the settings: a file named by the operator must exist, the data folder's own is made on the first run."""
    path = master_key_path(data_dir, master_key_file)
    keys = MasterKeys.read_or_create(path) if master_key_file is None else MasterKeys.read(path)
    return Secrets(keys, lambda: MasterKeys.read(path))


def master_key_path(data_dir: Path, master_key_file: Path | None) -> Path:
    """Where the master keys are."""
    return master_key_file or data_dir / "master.key"
