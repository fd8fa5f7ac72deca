"""Run by Alembic inside the transaction that opsloom.infra.db.migrate has opened."""

from alembic import context

connection = context.config.attributes["connection"]
done = context.config.attributes["done"]


def _note(*, step, **_rest):
    done.append(step.up_revision_id)


context.configure(connection=connection, transaction_per_migration=False, on_version_apply=_note)
with context.begin_transaction():
    context.run_migrations()
