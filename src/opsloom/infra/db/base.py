"""What every table shares."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, MetaData, Text, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import UserDefinedType


class Base(DeclarativeBase):
    """Base of all typed tables. Text, timestamptz and bigint are the only forms of their kind we use."""

    metadata = MetaData(
        naming_convention={
            "ix": "%(table_name)s_%(column_0_N_name)s_idx",
            "uq": "%(table_name)s_%(column_0_N_name)s_key",
            "ck": "%(table_name)s_%(constraint_name)s_check",
            "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
            "pk": "%(table_name)s_pkey",
        }
    )
    type_annotation_map: ClassVar = {
        str: Text(),
        int: BigInteger(),
        datetime: DateTime(timezone=True),
        UUID: Uuid(),
    }


class Xid8(UserDefinedType[int]):
    """A transaction's number, 64 bits wide; only PostgreSQL fills it in."""

    cache_ok = True

    def get_col_spec(self, **_options: object) -> str:
        return "xid8"


class TenantRow:
    """A row that belongs to a tenant: the tenant id leads the primary key, and row security keys on it."""

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-100)
