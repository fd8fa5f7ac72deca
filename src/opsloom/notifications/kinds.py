"""Channels, routes and message templates as kinds of asset."""

from collections.abc import Sequence
from typing import Final

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets.kinds import Link, PlainKind
from opsloom.assets.service import Asset
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Scope
from opsloom.infra.aside import Aside
from opsloom.kit.errors import FieldProblem, InvalidInput
from opsloom.notifications import words
from opsloom.notifications.content import ChannelContent
from opsloom.notifications.routing import RouteContent
from opsloom.notifications.words import TemplateContent

_CHANNEL: Final = "channel"
_TEMPLATE: Final = "message_template"


class ChannelKind(PlainKind):
    """The kind `channel` of the asset registry."""

    name = _CHANNEL
    model: type[BaseModel] = ChannelContent
    read = Permission.CHANNELS_READ
    write = Permission.CHANNELS_WRITE

    def links(self, content: BaseModel) -> Sequence[Link]:
        """The words it uses, and who stands in for it."""
        assert isinstance(content, ChannelContent)
        links = []
        if content.template is not None:
            links.append(Link(_TEMPLATE, content.template, "words", "/template"))
        if content.fallback is not None:
            links.append(Link(_CHANNEL, content.fallback, "falls back to", "/fallback"))
        return links

    async def check(self, session: AsyncSession, scope: Scope, asset: Asset, content: BaseModel) -> None:
        """Raises InvalidInput when a channel would stand in for itself."""
        assert isinstance(content, ChannelContent)
        if content.fallback in {asset.slug, str(asset.id)}:
            details = [FieldProblem(pointer="/fallback", detail="This is the channel itself.")]
            raise InvalidInput("A channel cannot stand in for itself.", details=details)


class RouteKind(PlainKind):
    """The kind `route`: in force from the next transition on."""

    name = "route"
    model: type[BaseModel] = RouteContent
    read = Permission.CHANNELS_READ
    write = Permission.CHANNELS_WRITE

    def links(self, content: BaseModel) -> Sequence[Link]:
        """The channels it names and the words they get."""
        assert isinstance(content, RouteContent)
        links = []
        for at, target in enumerate(content.to):
            links.append(Link(_CHANNEL, target.channel, "tells", f"/to/{at}/channel"))
            if target.template is not None:
                links.append(Link(_TEMPLATE, target.template, "words", f"/to/{at}/template"))
        return links


class TemplateKind(PlainKind):
    """The kind `message_template`: in force only if every expression can be read."""

    name = _TEMPLATE
    model: type[BaseModel] = TemplateContent
    read = Permission.CHANNELS_READ
    write = Permission.CHANNELS_WRITE

    def __init__(self, aside: Aside) -> None:
        self._aside = aside

    async def check(self, session: AsyncSession, scope: Scope, asset: Asset, content: BaseModel) -> None:
        """Raises TemplateUnreadable with the place of each flaw."""
        assert isinstance(content, TemplateContent)
        await words.check(self._aside, content)


KIND: Final = ChannelKind()
ROUTE: Final = RouteKind()
TEMPLATE: Final = _TEMPLATE
