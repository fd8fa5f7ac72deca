"""A provider of language models as an open connection: its answers told apart, and a test that costs no token."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import orjson

from opsloom.connections.content import Limits, ModelConfig, ModelProvider
from opsloom.connections.dialing import Tools
from opsloom.connections.errors import CredentialsRefused, ModelBusy, ModelRefused, TargetFailed
from opsloom.connections.opened import Steps
from opsloom.connections.results import HttpAnswer, HttpCall
from opsloom.connections.web.credentials import Credentials
from opsloom.connections.web.service import WebService

_LISTS = {ModelProvider.ANTHROPIC: "v1/models", ModelProvider.GOOGLE: "v1beta/models"}
_NOT_ALLOWED = {401, 403}
_BUSY = {408, 409, 425, 429}
_LONGEST_WAIT_S = 3600.0


class ModelService(WebService):
    """One version of a connection to a language model."""

    def __init__(self, config: ModelConfig, limits: Limits, credentials: Credentials, tools: Tools) -> None:
        super().__init__(config, limits, credentials, tools)
        self._model = config

    async def converse(self, call: HttpCall, limits: Limits) -> HttpAnswer:
        """A successful answer. Raises CredentialsRefused, ModelBusy with what the provider said of waiting, ModelRefused,
        and what `call` raises."""
        answer = await self.call(call, limits)
        if answer.status in _NOT_ALLOWED:
            raise CredentialsRefused(f"The provider answered {answer.status}.", hint="Check the key of the connection.")
        if answer.status in _BUSY or answer.status >= 500:
            wait_s = retry_after(answer.headers.get("retry-after"), datetime.now(UTC))
            raise ModelBusy(f"The provider answered {answer.status}.", retry_after_s=wait_s)
        if not 200 <= answer.status < 300:
            raise ModelRefused(f"The provider answered {answer.status}.", hint="Check the model's name and the URL.")
        return answer

    async def _ask_something(self, steps: Steps) -> None:
        async with steps.step("request") as note:
            path = _LISTS.get(self._model.provider, "models")
            answer = await self.converse(HttpCall(path=path), self._limits)
            names = _names(answer.body)
            found = any(name.rpartition("/")[2] == self._model.model or name == self._model.model for name in names)
            note.detail = (
                f"{self._model.model} is there, among {len(names)} models."
                if found
                else f"It answers; {self._model.model} is not in its list of {len(names)} models."
            )


def retry_after(header: str | None, now: datetime) -> float | None:
    """Seconds to wait by a `Retry-After` header (RFC 9110, 10.2.3), at most an hour; None where it says nothing readable."""
    if header is None:
        return None
    if header.strip().isdigit():
        return min(float(header), _LONGEST_WAIT_S)
    try:
        at = parsedate_to_datetime(header)
    except ValueError:
        return None
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return min(max((at - now).total_seconds(), 0.0), _LONGEST_WAIT_S)


def _names(body: bytes) -> list[str]:
    """The names in a provider's list of models. Raises TargetFailed."""
    try:
        listed = orjson.loads(body)
        rows = listed.get("data") or listed.get("models") or []
        return [str(row.get("id") or row.get("name")) for row in rows]
    except (orjson.JSONDecodeError, AttributeError, TypeError) as error:
        raise TargetFailed("The answer is not a list of models.", hint="Check the URL.") from error
