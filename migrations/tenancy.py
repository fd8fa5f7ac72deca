"""Row security for a tenant's table, always the same way."""

from alembic import op

OF_TENANT = "tenant_id = (select nullif(current_setting('opsloom.tenant', true), '')::uuid)"


def isolate(
    table: str,
    *,
    select: bool = True,
    insert: bool = True,
    update: bool = True,
    delete: bool = True,
) -> None:
    """Enable and force row security on `table`, one policy, and grant the application role the given verbs."""
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy tenant on {table} using ({OF_TENANT}) with check ({OF_TENANT})")
    verbs = [
        name
        for name, wanted in (("select", select), ("insert", insert), ("update", update), ("delete", delete))
        if wanted
    ]
    if verbs:
        op.execute(f"grant {', '.join(verbs)} on {table} to opsloom_app")


def script(sql: str) -> None:
    """Several statements as they are: the text holds colons and percent signs that a binding layer would read."""
    op.get_bind().connection.cursor().execute(sql)
