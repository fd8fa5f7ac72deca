"""The permission map: every role adds to the one before it, and the dangerous permissions stay where they belong."""

from itertools import pairwise

import pytest

from opsloom.identity.permissions import ALL_PERMISSIONS, Permission, Role, permissions_of, roles


@pytest.mark.parametrize(("lower", "higher"), list(pairwise(Role)))
def test_a_higher_role_may_do_all_that_a_lower_one_may_and_more(lower: Role, higher: Role) -> None:
    assert permissions_of(lower) < permissions_of(higher)
    assert lower.rank < higher.rank


def test_the_owner_holds_every_permission() -> None:
    assert permissions_of(Role.OWNER) == ALL_PERMISSIONS


def test_a_viewer_changes_nothing_that_others_see() -> None:
    writing = {one for one in permissions_of(Role.VIEWER) if one.value.endswith((".write", ".run"))}
    assert writing == {Permission.NOTIFICATIONS_WRITE}


@pytest.mark.parametrize(
    ("permission", "first"),
    [
        (Permission.USERS_WRITE, Role.ADMIN),
        (Permission.AUDIT_READ, Role.ADMIN),
        (Permission.SYSTEM_WRITE, Role.ADMIN),
        (Permission.TENANTS_WRITE, Role.OWNER),
        (Permission.RULES_WRITE, Role.BUILDER),
        (Permission.KEYS_WRITE, Role.BUILDER),
        (Permission.ALERTS_WRITE, Role.OPERATOR),
        (Permission.APIS_RUN, Role.OPERATOR),
    ],
)
def test_a_permission_begins_at_its_role(permission: Permission, first: Role) -> None:
    assert [role for role in Role if permission in permissions_of(role)] == list(Role)[first.rank :]


def test_roles_are_described_in_order_with_their_permissions() -> None:
    described = roles()
    assert [role for role, _ in described] == list(Role)
    assert all(set(granted) == permissions_of(role) for role, granted in described)
