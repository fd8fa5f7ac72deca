"""The service a team would write in an afternoon: FastAPI, pydantic, SQLAlchemy bulk insert, one commit a request.

Same table shape and indexes as Opsloom's events, in a schema of its own, without row security, feed or partitions.
Run by `bench/ingest.py` with the database's address in TYPICAL_DATABASE.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy import DateTime, Index, Text
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

engine = create_async_engine(os.environ["TYPICAL_DATABASE"], pool_size=8)
sessions = async_sessionmaker(engine)


class Base(DeclarativeBase):
    """Its tables."""


class Row(Base):
    """An event."""

    __tablename__ = "typical_events"
    __table_args__ = (
        Index("typical_sender", "tenant_id", "source", "event_id", unique=True),
        Index("typical_time", "tenant_id", "time"),
    )
    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(Text)
    event_id: Mapped[str] = mapped_column(Text)
    type: Mapped[str] = mapped_column(Text)
    subject: Mapped[str | None] = mapped_column(Text)
    severity: Mapped[str | None] = mapped_column(Text)
    time: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    attributes: Mapped[dict[str, Any]] = mapped_column(JSONB)


class Event(BaseModel):
    """The body's items."""

    source: str
    id: str
    type: str = "event"
    subject: str | None = None
    severity: str | None = None
    time: datetime
    data: dict[str, Any] = {}
    attributes: dict[str, Any] = {}


@asynccontextmanager
async def tables(_app: FastAPI) -> AsyncIterator[None]:
    """Make the table."""
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield


app = FastAPI(lifespan=tables)
TENANT = uuid4()


@app.post("/events")
async def take(events: list[Event]) -> dict[str, int]:
    """Store a batch."""
    now = datetime.now(UTC)
    rows = [
        {
            "tenant_id": TENANT,
            "id": uuid4(),
            "event_id": event.id,
            "received_at": now,
            **event.model_dump(exclude={"id"}),
        }
        for event in events
    ]
    async with sessions() as session, session.begin():
        await session.execute(insert(Row).on_conflict_do_nothing(), rows)
    return {"accepted": len(rows)}
