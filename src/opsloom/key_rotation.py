"""What `opsloom secrets rotate` does: new keys for what is sealed from now on, in every tenant."""

from opsloom.connections import vault
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.infra.secrets import MasterKeys, Secrets, load_secrets, master_key_path


async def rotate(core: Core, *, master: bool) -> str:
    """A new data key for each tenant; with `master` also a new master key, which wraps all of them. Returns a summary.

    Servers may keep running: they read the key file again when they meet a key they do not know.
    """
    settings = core.settings
    secrets = load_secrets(settings.data_dir, settings.master_key_file)
    if master:
        secrets = Secrets(MasterKeys.add(master_key_path(settings.data_dir, settings.master_key_file)))
    tenants = await core.db.tenant_ids()
    wrapped = resealed = damaged = 0
    for tenant_id in tenants:
        async with core.db.transaction(Scope.system(tenant_id)) as session:
            await secrets.rotate(session, tenant_id)
            done, unreadable = await vault.reseal(session, Scope.system(tenant_id), secrets)
            resealed, damaged = resealed + done, damaged + unreadable
            wrapped += await secrets.rewrap(session, tenant_id)
    summary = f"{len(tenants)} tenants seal with new data keys; {resealed} named secrets were sealed anew."
    if damaged:
        summary += f" {damaged} named secrets cannot be read and stay as they are; the log names them: save them again."
    if master:
        summary += (
            f" A new master key wraps {wrapped} older ones; keep the old line of the key file while backups need it."
        )
    return summary
