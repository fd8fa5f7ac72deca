"""The log of calls to language models, and what they took of each day's budget."""

from migrations.tenancy import isolate, script

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

TABLES = """
create table llm_calls (
    tenant_id uuid not null references tenants (id),
    id uuid not null,
    at timestamptz not null,
    purpose text not null,
    trace_id text,                          -- of the question or request that the call was made for
    asked_by uuid,
    asked_by_name text not null,
    connection text not null,
    provider text not null,
    model text not null,
    prompt_key text,                        -- null: the built-in text
    prompt_version bigint,
    attempts bigint not null,
    tokens_in bigint,                       -- null: the provider did not tell
    tokens_out bigint,
    cost double precision,                  -- US dollars; null: the price is not known
    took_ms double precision not null,
    outcome text not null,
    family text,
    detail text not null,
    prompt text,                            -- masked; null: the policy keeps no text
    answer text,
    primary key (tenant_id, id)
);
create index llm_calls_at_idx on llm_calls (tenant_id, at, id);
create index llm_calls_trace_id_idx on llm_calls (tenant_id, trace_id);

create table llm_days (
    tenant_id uuid not null references tenants (id),
    day date not null,
    tokens bigint not null,                 -- settled
    cost double precision not null,
    held_tokens bigint not null,            -- reserved by calls under way
    held_cost double precision not null,
    primary key (tenant_id, day)
);
"""


def upgrade() -> None:
    """The server writes both; people read them."""
    script(TABLES)
    isolate("llm_calls")
    isolate("llm_days")
