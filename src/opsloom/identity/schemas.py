"""What goes in and out over HTTP. No response type has a field for a hash; secrets appear in the answers that create them."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from opsloom.identity.addresses import Email
from opsloom.identity.passwords import Password
from opsloom.identity.permissions import Permission, Role
from opsloom.kit.model import Name, Shown, Text, Wire

Secret = Annotated[Text, Field(min_length=1, max_length=200)]


class SetupState(Shown):
    needed: bool = Field(description="True until the first tenant exists.")


class SetupRequest(Wire):
    token: Secret = Field(description="Printed by the server at its start.")
    email: Email
    password: Password
    name: Name
    tenant_name: Name


class LoginRequest(Wire):
    email: Annotated[Text, Field(min_length=1, max_length=254)]
    password: Password
    tenant_id: UUID | None = Field(None, description="Which tenant to enter; the first one when absent.")


class RefreshRequest(Wire):
    refresh_token: Secret


class TenantRequest(Wire):
    tenant_id: UUID


class TenantShown(Shown):
    id: UUID
    name: str
    slug: str


class MyTenant(TenantShown):
    role: Role


class TokenAnswer(Shown):
    access_token: str
    refresh_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105
    expires_in: int = Field(description="Seconds the access token lives.")


class SignedIn(TokenAnswer):
    csrf_token: str = Field(description="For a browser: send it as X-CSRF-Token with the cookie.")
    tenant: MyTenant


class Person(Shown):
    id: UUID
    email: str
    name: str


class Me(Shown):
    user: Person
    tenant: TenantShown
    role: Role
    permissions: list[Permission]
    tenants: list[MyTenant]


class PasswordChange(Wire):
    current_password: Password
    new_password: Password


class OidcShown(Shown):
    enabled: bool
    label: str | None = None


class UserShown(Person):
    role: Role
    active: bool
    created_at: datetime


class UserCreate(Wire):
    email: Email
    name: Name
    password: Password = Field(description="The first password; its owner should change it.")
    role: Role


class UserChange(Wire):
    name: Name | None = None
    role: Role | None = None
    active: bool | None = None


class RoleShown(Shown):
    name: Role
    permissions: list[Permission]


class KeyShown(Shown):
    id: UUID
    name: str
    prefix: str = Field(description="How the key begins; the rest is not stored.")
    scopes: list[str]
    created_by: UUID
    created_by_name: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


class KeyCreate(Wire):
    name: Name
    scopes: Annotated[list[Permission], Field(min_length=1, max_length=len(Permission))]
    expires_at: AwareDatetime | None = Field(None, description="Absent: until it is revoked.")


class KeyCreated(KeyShown):
    key: str = Field(description="The whole key, shown this once.")


class SessionShown(Shown):
    id: UUID
    address: str
    agent: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    current: bool


class TenantCreate(Wire):
    name: Name


class AuditActor(Shown):
    kind: str
    id: str
    name: str


class AuditTarget(Shown):
    kind: str
    id: str


class AuditShown(Shown):
    seq: int
    id: UUID
    at: datetime
    actor: AuditActor
    action: str
    target: AuditTarget
    detail: dict[str, object]
    trace_id: str


class AuditVerification(Shown):
    intact: bool
    entries: int = Field(description="Entries that were checked and hold.")
    broken_seq: int | None = Field(None, description="The first entry that does not fit.")
    reason: str | None = None
