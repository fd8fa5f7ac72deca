"""The webhook: one signed POST. Redirects are not followed, and only the status of the answer counts."""

from opsloom.infra.http import CallLimits, Http
from opsloom.kit.clock import Clock
from opsloom.notifications import signing
from opsloom.notifications.attempts import FailReason, Tried, parse_retry_after
from opsloom.notifications.channels.types import PATIENCE, Outgoing, ReceiverFailed
from opsloom.notifications.content import WebhookConfig

LIMITS = CallLimits(connect_s=3.0, read_s=10.0, total_s=10.0, max_bytes=16_384, cut=True)


class WebhookSender:
    """Sends through the SSRF-safe client."""

    def __init__(self, http: Http, limits: CallLimits = LIMITS) -> None:
        self._http = http
        self._limits = limits

    async def send(self, outgoing: Outgoing, clock: Clock) -> Tried:
        """Taken at 2xx, refused for good at other statuses. Raises ReceiverFailed at 5xx, 408, 425, 429; see Http.request."""
        config = outgoing.content.config
        assert isinstance(config, WebhookConfig)
        if outgoing.sealed.secret is None:
            return Tried(sent=False, error="The channel has no secret to sign with.", reason=FailReason.NOT_CALLABLE)
        now = clock.now()
        body = outgoing.body.encode()
        headers = {name: value.reveal() for name, value in outgoing.sealed.headers.items()}
        headers |= {"content-type": "application/json", "user-agent": "opsloom-webhook"}
        headers |= signing.sign(outgoing.sealed.secret, outgoing.message_id, int(now.timestamp()), body)
        answer = await self._http.request("POST", config.url, headers=headers, content=body, limits=self._limits)
        if answer.is_success:
            return Tried(sent=True, status_code=answer.status)
        text = f"The receiver answered {answer.status}."
        if answer.status >= 500 or answer.status in PATIENCE:
            wait_s = parse_retry_after(answer.headers.get("retry-after"), clock.now())
            raise ReceiverFailed(text, answer.status, wait_s)
        return Tried(sent=False, status_code=answer.status, error=text, reason=FailReason.REFUSED_BY_RECEIVER)
