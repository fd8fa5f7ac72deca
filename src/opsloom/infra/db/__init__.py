"""PostgreSQL: the embedded server, roles, migrations, and transactions that belong to one tenant."""

from opsloom.infra.db.base import Base, TenantRow, Xid8
from opsloom.infra.db.database import Database, TenantScope, lend

__all__ = ["Base", "Database", "TenantRow", "TenantScope", "Xid8", "lend"]
