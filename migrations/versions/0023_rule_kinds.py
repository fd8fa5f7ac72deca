"""What rules of every kind remember: memories of keys next to their states, and facts that wait to be put in order."""

from migrations.tenancy import isolate, script

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

# A key at rest may have a memory too, so it is no part of its state. Its form is the kind's own.
MEMORIES = """
create table rule_memories (
    tenant_id uuid not null references tenants (id),
    rule_id uuid not null,
    key text not null,
    memory bytea not null,
    primary key (tenant_id, rule_id, key)
) with (fillfactor = 50);

alter table rule_keys
    add column released_us bigint,          -- newest fact that was handed on, where facts are put in order first
    add column held jsonb;                  -- facts that still wait for earlier ones
"""


def upgrade() -> None:
    """Nothing is remembered yet."""
    script(MEMORIES)
    isolate("rule_memories")
