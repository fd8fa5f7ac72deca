-- Settings read by the policies (all transaction-local, empty = nothing is visible):
--   opsloom.tenant  the tenant acted in      opsloom.user  the signed-in user      opsloom.login  the e-mail address being verified
-- Inside policies:  tenant = (select nullif(current_setting('opsloom.tenant', true), '')::uuid), user and login likewise.

create table tenants (
    id uuid primary key,
    name text not null,
    slug text not null unique,
    created_at timestamptz not null
);
alter table tenants enable row level security;
alter table tenants force row level security;
-- Background components walk all tenants, so the names of tenants are readable by the server; nothing else of a tenant is.
create policy tenants_read on tenants for select to opsloom_app using (true);
create policy tenants_create on tenants for insert to opsloom_app with check (true);
create policy tenants_change on tenants for update to opsloom_app
    using (id = (select nullif(current_setting('opsloom.tenant', true), '')::uuid))
    with check (id = (select nullif(current_setting('opsloom.tenant', true), '')::uuid));
grant select, insert, update on tenants to opsloom_app;

create table users (
    id uuid primary key,
    email text not null,              -- normalised; on purpose not unique: an address added by two unrelated tenants is two accounts
    name text not null,
    password_hash text,               -- null: signs in through OIDC only
    oidc_issuer text,
    oidc_subject text,
    created_at timestamptz not null,
    password_changed_at timestamptz,
    last_login_at timestamptz
);
create index users_email on users (email);

create table memberships (
    tenant_id uuid not null references tenants (id),
    user_id uuid not null references users (id),
    email text not null,
    name text not null,
    role text not null check (role in ('viewer', 'operator', 'builder', 'admin', 'owner')),
    active boolean not null default true,
    created_at timestamptz not null,
    primary key (tenant_id, user_id),
    unique (tenant_id, email)
);
create index memberships_user on memberships (user_id);
alter table memberships enable row level security;
alter table memberships force row level security;
create policy memberships_read on memberships for select to opsloom_app
    using (tenant_id = (select nullif(current_setting('opsloom.tenant', true), '')::uuid)
        or user_id = (select nullif(current_setting('opsloom.user', true), '')::uuid));
create policy memberships_create on memberships for insert to opsloom_app
    with check (tenant_id = (select nullif(current_setting('opsloom.tenant', true), '')::uuid));
create policy memberships_change on memberships for update to opsloom_app
    using (tenant_id = (select nullif(current_setting('opsloom.tenant', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('opsloom.tenant', true), '')::uuid));
create policy memberships_remove on memberships for delete to opsloom_app
    using (tenant_id = (select nullif(current_setting('opsloom.tenant', true), '')::uuid));
grant select, insert, update, delete on memberships to opsloom_app;

alter table users enable row level security;
alter table users force row level security;
create policy users_read on users for select to opsloom_app
    using (id = (select nullif(current_setting('opsloom.user', true), '')::uuid)
        or email = (select nullif(current_setting('opsloom.login', true), ''))
        or exists (select 1 from memberships m where m.user_id = users.id
                   and m.tenant_id = (select nullif(current_setting('opsloom.tenant', true), '')::uuid)));
create policy users_create on users for insert to opsloom_app with check (true);
create policy users_change on users for update to opsloom_app
    using (id = (select nullif(current_setting('opsloom.user', true), '')::uuid))
    with check (id = (select nullif(current_setting('opsloom.user', true), '')::uuid));
create policy users_remove on users for delete to opsloom_app
    using (id = (select nullif(current_setting('opsloom.user', true), '')::uuid));
grant select, insert, update, delete on users to opsloom_app;

-- One row is one sign-in (a family of tokens); revoking the row revokes every token of it.
create table sessions (
    tenant_id uuid not null,
    id uuid not null,
    user_id uuid not null,
    csrf_hash bytea not null,
    address text not null,
    agent text not null,
    created_at timestamptz not null,
    last_seen_at timestamptz not null,
    expires_at timestamptz not null,
    revoked_at timestamptz,
    revoked_because text,
    primary key (tenant_id, id),
    foreign key (tenant_id, user_id) references memberships (tenant_id, user_id) on delete cascade
);
create index sessions_user on sessions (tenant_id, user_id, created_at);
create index sessions_expiry on sessions (tenant_id, expires_at);
alter table sessions enable row level security;
alter table sessions force row level security;
-- A user may end his own sign-ins in every tenant (after a change of password).
create policy sessions_read on sessions for select to opsloom_app
    using (tenant_id = (select nullif(current_setting('opsloom.tenant', true), '')::uuid)
        or user_id = (select nullif(current_setting('opsloom.user', true), '')::uuid));
create policy sessions_create on sessions for insert to opsloom_app
    with check (tenant_id = (select nullif(current_setting('opsloom.tenant', true), '')::uuid));
create policy sessions_change on sessions for update to opsloom_app
    using (tenant_id = (select nullif(current_setting('opsloom.tenant', true), '')::uuid)
        or user_id = (select nullif(current_setting('opsloom.user', true), '')::uuid))
    with check (tenant_id = (select nullif(current_setting('opsloom.tenant', true), '')::uuid)
        or user_id = (select nullif(current_setting('opsloom.user', true), '')::uuid));
create policy sessions_remove on sessions for delete to opsloom_app
    using (tenant_id = (select nullif(current_setting('opsloom.tenant', true), '')::uuid));
grant select, insert, update, delete on sessions to opsloom_app;

create table session_tokens (
    tenant_id uuid not null,
    hash bytea not null,
    session_id uuid not null,
    kind text not null check (kind in ('access', 'refresh', 'cookie')),
    issued_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz,              -- refresh tokens only: set by the rotation, seen again = stolen
    primary key (tenant_id, hash),
    foreign key (tenant_id, session_id) references sessions (tenant_id, id) on delete cascade
);
create index session_tokens_session on session_tokens (tenant_id, session_id);

create table api_keys (
    tenant_id uuid not null references tenants (id),
    id uuid not null,
    name text not null,
    prefix text not null,
    hash bytea not null,
    scopes text[] not null,
    created_by uuid not null,         -- no foreign key: a removed member's keys stay listed, and no longer open anything
    created_by_name text not null,
    created_at timestamptz not null,
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz,
    primary key (tenant_id, id),
    unique (tenant_id, hash)
);
create index api_keys_order on api_keys (tenant_id, created_at, id);

-- Not of any tenant: an attempt happens before anybody is known. The keys are hashes of addresses.
create table login_attempts (
    key text primary key,
    failures bigint not null,
    last_failure_at timestamptz not null,
    blocked_until timestamptz
);
grant select, insert, update, delete on login_attempts to opsloom_app;

create table oidc_states (
    state_hash bytea primary key,
    browser_hash bytea not null,
    nonce text not null,
    code_verifier text not null,
    return_to text not null,
    expires_at timestamptz not null
);
grant select, insert, delete on oidc_states to opsloom_app;

create table setup_tokens (
    hash bytea primary key,
    created_at timestamptz not null,
    expires_at timestamptz not null
);
grant select, insert, delete on setup_tokens to opsloom_app;

-- tenant_id has no foreign key: the nil tenant (all zeroes) carries what happens outside every tenant (log-ins to unknown accounts, set-up).
create table audit_heads (
    tenant_id uuid primary key,
    seq bigint not null,
    hash bytea not null
);

create table audit_entries (
    tenant_id uuid not null,
    seq bigint not null,
    id uuid not null,
    at timestamptz not null,
    actor_kind text not null,
    actor_id text not null,
    actor_name text not null,
    action text not null,
    target_kind text not null,
    target_id text not null,
    detail text not null,             -- canonical JSON exactly as hashed (jsonb would rewrite numbers)
    trace_id text not null,
    prev_hash bytea not null,
    hash bytea not null,
    primary key (tenant_id, seq)
);
create index audit_entries_action on audit_entries (tenant_id, action, seq);
create index audit_entries_target on audit_entries (tenant_id, target_kind, target_id, seq);
create index audit_entries_actor on audit_entries (tenant_id, actor_id, seq);
create index audit_entries_at on audit_entries (tenant_id, at);
