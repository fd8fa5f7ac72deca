"""The services that Apprise speaks to for us: which schemes are allowed, and how a channel's form becomes one of its plugins.

Only plugins that speak HTTP through `requests` are on the list, one by one; each module's `requests` is replaced when it is loaded,
and a module that holds another way out is refused. Plugins are loaded one at a time: all of them would cost ten times the memory.
"""

import importlib
import logging
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from opsloom.kit.errors import InvalidInput
from opsloom.notifications.channels.exchange import RequestsInstead
from opsloom.notifications.content import ChannelType

if TYPE_CHECKING:
    from apprise.plugins.base import NotifyBase

_PLUGINS: Final = {
    "dingtalk": "dingtalk.NotifyDingTalk",
    "discord": "discord.NotifyDiscord",
    "feishu": "feishu.NotifyFeishu",
    "form forms": "custom_form.NotifyForm",
    "gchat": "google_chat.NotifyGoogleChat",
    "gotify gotifys": "gotify.NotifyGotify",
    "hassio hassios": "home_assistant.NotifyHomeAssistant",
    "json jsons": "custom_json.NotifyJSON",
    "kakao kakaotalk": "kakaotalk.NotifyKakaoTalk",
    "lark": "lark.NotifyLark",
    "line": "line.NotifyLine",
    "mailgun": "mailgun.NotifyMailgun",
    "mmost mmosts": "mattermost.NotifyMattermost",
    "msgbird": "messagebird.NotifyMessageBird",
    "nexmo vonage": "vonage.NotifyVonage",
    "ntfy ntfys": "ntfy.NotifyNtfy",
    "opsgenie": "opsgenie.NotifyOpsgenie",
    "pagerduty": "pagerduty.NotifyPagerDuty",
    "pbul": "pushbullet.NotifyPushBullet",
    "plivo": "plivo.NotifyPlivo",
    "pover": "pushover.NotifyPushover",
    "rocket rockets": "rocketchat.NotifyRocketChat",
    "sendgrid": "sendgrid.NotifySendGrid",
    "signal signals": "signal_api.NotifySignalAPI",
    "sinch": "sinch.NotifySinch",
    "slack": "slack.NotifySlack",
    "splunk victorops": "splunk.NotifySplunk",
    "tgram": "telegram.NotifyTelegram",
    "twilio": "twilio.NotifyTwilio",
    "wecombot": "wecombot.NotifyWeComBot",
    "workflow workflows": "workflows.NotifyWorkflows",
    "wxteams webex": "webexteams.NotifyWebexTeams",
    "xml xmls": "custom_xml.NotifyXML",
    "zulip": "zulip.NotifyZulip",
}
ALLOWED: Final[Mapping[str, str]] = {scheme: place for schemes, place in _PLUGINS.items() for scheme in schemes.split()}
_OTHER_WAYS_OUT: Final = {
    "socket",
    "smtplib",
    "subprocess",
    "ssl",
    "asyncio",
    "urllib3",
    "http",
    "requests_oauthlib",
}

Given = Mapping[str, Any]
"""A form's fields and secrets by name."""


class ServiceRefused(InvalidInput):
    """What a form says cannot be a channel."""

    code, title = "service_refused", "This service cannot be used like this"


def plugin_of(kind: ChannelType, given: Given, dedup_key: str | None = None) -> "NotifyBase":
    """The plugin for a channel. Raises ServiceRefused, whose message holds nothing of what was given."""
    build = _BUILDERS[kind]
    try:
        plugin = build({**given, "dedup_key": dedup_key})
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        # Apprise's own refusal is a TypeError; its words may repeat a secret.
        raise ServiceRefused("What was given does not make an address of this service.") from error
    if plugin is None:
        raise ServiceRefused("This is not an address of this service.", hint="Copy it again from where it was made.")
    plugin.request_rate_per_sec = 0.0  # it would sleep; how often a channel is used is the channel's own limit
    return plugin


def plugin_class(scheme: str) -> "type[NotifyBase]":
    """The plugin of a scheme, with its ways out replaced. Raises ServiceRefused."""
    place = ALLOWED.get(scheme)
    if place is None:
        raise ServiceRefused(
            f"“{scheme[:40]}://” is not among the services that can be used.",
            hint=f"Allowed: {', '.join(sorted(ALLOWED))}.",
        )
    name, _, cls = place.partition(".")
    module = importlib.import_module(f"apprise.plugins.{name}")
    _close(module)
    found: type[NotifyBase] = getattr(module, cls)
    return found


def _close(module: ModuleType) -> None:
    held = vars(module)
    if isinstance(held.get("requests"), RequestsInstead):
        return
    others = _OTHER_WAYS_OUT & {name for name, value in held.items() if isinstance(value, ModuleType)}
    if "requests" not in held or others:
        raise ServiceRefused("This service's plugin reaches the network in ways that cannot be checked.")
    logging.getLogger("apprise").disabled = True  # it writes addresses, and those are secrets
    held["requests"] = RequestsInstead()


def _made(scheme: str, **given: Any) -> "NotifyBase":
    from apprise.asset import AppriseAsset
    from apprise.common import PersistentStoreMode

    asset = AppriseAsset(
        app_id="Opsloom", app_desc="Opsloom", app_url="", storage_mode=PersistentStoreMode.MEMORY, service_timeout=0,
        allow_templates=False,
    )  # fmt: skip
    return plugin_class(scheme)(asset=asset, **given)


def _native(scheme: str, url: str) -> "NotifyBase | None":
    """From the address that the service itself shows."""
    parsed = plugin_class(scheme).parse_native_url(url.strip())
    return None if not parsed else _made(scheme, **parsed)


def _slack(given: Given) -> "NotifyBase | None":
    return _native("slack", given["webhook_url"])


def _teams(given: Given) -> "NotifyBase | None":
    return _native("workflows", given["webhook_url"])


def _discord(given: Given) -> "NotifyBase | None":
    return _native("discord", given["webhook_url"])


def _telegram(given: Given) -> "NotifyBase | None":
    return _made("tgram", bot_token=given["bot_token"], targets=[given["chat_id"]])


def _kakaotalk(given: Given) -> "NotifyBase | None":
    receiver = given.get("receiver") or "me"
    return _made(
        "kakaotalk",
        client_id=given["client_id"],
        client_secret=given.get("client_secret"),
        refresh_token=given["refresh_token"],
        targets=[receiver],
    )


def _pagerduty(given: Given) -> "NotifyBase | None":
    return _made(
        "pagerduty",
        apikey="events-v2",  # the plugin wants one; the Events API knows senders by the integration key alone
        integrationkey=given["integration_key"],
        source=given["source"],
        component=given["component"],
        region_name=given["region"],
        action="map",
        dedup=given.get("dedup_key"),
    )


def _sms(given: Given) -> "NotifyBase | None":
    return _made(
        "twilio",
        account_sid=given["account_sid"],
        auth_token=given["auth_token"],
        source=given["sender"],
        targets=[given["receiver"]],
    )


def _any(given: Given) -> "NotifyBase | None":
    url = str(given["url"]).strip()
    scheme, mark, _ = url.partition("://")
    if not mark:
        raise ServiceRefused("An Apprise address begins with its service, as in slack://…")
    parsed = plugin_class(scheme.lower()).parse_url(url)
    return None if not parsed else _made(scheme.lower(), **parsed)


_BUILDERS: Final[Mapping[ChannelType, Callable[[Given], "NotifyBase | None"]]] = {
    ChannelType.SLACK: _slack,
    ChannelType.TEAMS: _teams,
    ChannelType.DISCORD: _discord,
    ChannelType.TELEGRAM: _telegram,
    ChannelType.KAKAOTALK: _kakaotalk,
    ChannelType.PAGERDUTY: _pagerduty,
    ChannelType.SMS: _sms,
    ChannelType.APPRISE: _any,
}
BUILT: Final = tuple(_BUILDERS)
"""The types of channels that Apprise speaks for."""
