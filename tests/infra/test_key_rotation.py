"""`opsloom secrets rotate` changes the keys of every tenant and loses nothing."""

import pytest
from sqlalchemy import select

from fixtures.tenants import TestTenant
from opsloom import key_rotation
from opsloom.infra.core import Core
from opsloom.infra.secrets import MasterKeys, Secrets, SecretText, TenantKey, load_secrets


@pytest.mark.parametrize("master", [False, True])
async def test_everything_sealed_before_opens_after(core: Core, tenant: TestTenant, master: bool) -> None:
    path = core.settings.data_dir / "master.key"
    running = core.part(Secrets)
    async with core.db.transaction(tenant.scope) as session:
        sealed = await running.seal(session, tenant.id, "p", SecretText("before"))
    before = MasterKeys.read(path)
    assert "new data keys" in await key_rotation.rotate(core, master=master)
    restarted = load_secrets(core.settings.data_dir, None)
    async with core.db.transaction(tenant.scope) as session:
        again = await running.seal(session, tenant.id, "p", SecretText("after"))
        assert again.split(".")[1] != sealed.split(".")[1]
        for process in (running, restarted):
            assert (await process.open(session, tenant.id, "p", sealed)).reveal() == "before"
            assert (await process.open(session, tenant.id, "p", again)).reveal() == "after"
        wrapped_by = set((await session.execute(select(TenantKey.master_id))).scalars())
    now = MasterKeys.read(path)
    assert (now.active_id != before.active_id) == master
    assert wrapped_by == {now.active_id}
