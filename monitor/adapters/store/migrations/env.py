"""Alembic's entry: runs the migrations on the connection that migrate.py hands over."""

from alembic import context

from monitor.adapters.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite alters a table by copying it
    transaction_per_migration=False,
    transactional_ddl=True,
)
context.run_migrations()
