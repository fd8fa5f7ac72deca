"""What must hold before anything is served: the role cannot bypass row security, and every tenant table forces it."""

from dataclasses import dataclass

import psycopg

from opsloom.infra.db.dsn import Dsn

_ROLE = """
select rolsuper, rolbypassrls, rolname,
       exists (select from pg_class c where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
                                      and pg_has_role(current_user, c.relowner, 'MEMBER')),
       (select min(r.rolname::text) from pg_roles r where (r.rolsuper or r.rolbypassrls) and r.rolname <> current_user
                                                  and pg_has_role(current_user, r.oid, 'MEMBER')),
       exists (select from pg_roles r where r.rolname = 'opsloom_app' and pg_has_role(current_user, r.oid, 'USAGE'))
from pg_roles where rolname = current_user
"""
_UNFORCED = """
select c.relname from pg_class c
where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
  and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped)
  and not (c.relrowsecurity and c.relforcerowsecurity)
order by 1
"""


UNKNOWN_ROLE = "role_unknown"


@dataclass(frozen=True)
class Finding:
    """Something that must be put right before serving, and how."""

    code: str
    detail: str
    fix: str


def unsafe_role(dsn: Dsn) -> list[Finding]:
    """Ways in which the connecting role could see past row security; an empty list is good."""
    with psycopg.connect(**dsn.psycopg()) as connection:
        row = connection.execute(_ROLE).fetchone()
        unforced = [name for (name,) in connection.execute(_UNFORCED).fetchall()]
    assert row is not None, "a connected role exists"
    superuser, bypass, role, owns, master, serves = row
    fix = "Set OPSLOOM_DATABASE_URL to the role opsloom_app (made by `opsloom migrate`); it must own nothing."
    findings = []
    if superuser:
        findings.append(Finding("role_superuser", f"The role {role} is a superuser and ignores row security.", fix))
    if bypass:
        findings.append(Finding("role_bypassrls", f"The role {role} has BYPASSRLS and ignores row security.", fix))
    if master and not superuser:
        taken = f"Take it away with `revoke {master} from {role}`, or make it the role opsloom_app."
        findings.append(
            Finding("role_member", f"The role {role} may become {master}, which ignores row security.", taken)
        )
    if owns and not superuser:
        findings.append(
            Finding(
                "role_owns_tables",
                f"The role {role} owns tables (or is a member of their owner) and could switch row security off.",
                fix,
            )
        )
    if not findings and not serves:
        findings.append(Finding(UNKNOWN_ROLE, f"The role {role} has none of the rights of opsloom_app.", fix))
    findings += [
        Finding("rls_not_forced", f"The table {name} does not force row security.", "Run `opsloom migrate`.")
        for name in unforced
    ]
    return findings
