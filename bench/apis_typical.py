"""What a typical team writes for the same query: FastAPI, SQLAlchemy 2 async ORM, a pydantic response model.

Run by `bench/apis.py` with the database's address in TYPICAL_DATABASE. No key, no tenant, no limits, no log.
"""

import os
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, FastAPI, Query
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Float, Integer, Text, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

engine = create_async_engine(os.environ["TYPICAL_DATABASE"], pool_size=8, max_overflow=0)
sessions = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    """Its tables."""


class Reading(Base):
    """A row."""

    __tablename__ = "bench_plain"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    group_id: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(Text)
    value: Mapped[float] = mapped_column(Float)


class ReadingShown(BaseModel):
    """A row as it is answered."""

    model_config = ConfigDict(from_attributes=True)
    id: int
    name: str
    value: float


async def session() -> AsyncIterator[AsyncSession]:
    """One session a request."""
    async with sessions() as opened:
        yield opened


app = FastAPI()


@app.get("/q", response_model=list[ReadingShown])
async def readings(s: Annotated[AsyncSession, Depends(session)], g: Annotated[int, Query(ge=0)]) -> list[Reading]:
    """Twenty rows of a group."""
    return list((await s.execute(select(Reading).where(Reading.group_id == g).limit(20))).scalars())
