"""The providers' libraries, imported when the first model of their kind is asked: seconds and tens of megabytes that an
installation without a model never pays.

Imports run in a thread, once, and outlive the question that began them: one whose deadline passes meanwhile is answered
without the model, the next finds the library there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import httpx2

from opsloom.ask.llm.bridge import BASE, PLACEHOLDER, Bridge
from opsloom.ask.llm.errors import AnswerUnusable
from opsloom.connections.content import ModelConfig, ModelProvider
from opsloom.infra.telemetry import get_logger, note_failure
from opsloom.kit.errors import OpsloomError

if TYPE_CHECKING:
    from pydantic_ai.messages import ModelMessage
    from pydantic_ai.models import Model

Role = Literal["system", "data", "answer"]
Message = tuple[Role, str]
_log = get_logger(__name__)
_SDK_S: Final = 600.0
"""More than any deadline: the caller's ends the call, never the library's own."""


@dataclass(frozen=True)
class Reply:
    """What came back. Counts are None where the provider does not tell."""

    text: str
    tokens_in: int | None
    tokens_out: int | None


class Libraries:
    """Of one process."""

    def __init__(self) -> None:
        self._loading: dict[ModelProvider, asyncio.Task[None]] = {}

    async def load(self, provider: ModelProvider) -> None:
        """Wait until the provider's library is there."""
        task = self._loading.get(provider)
        if task is None or (task.done() and (task.cancelled() or task.exception() is not None)):
            task = self._loading[provider] = asyncio.create_task(asyncio.to_thread(_import, provider))
        await asyncio.shield(task)

    async def speak(self, config: ModelConfig, bridge: Bridge, messages: Sequence[Message], most: int) -> Reply:
        """One request, no retries. Raises what the connection raised, and AnswerUnusable for what the library cannot read."""
        await self.load(config.provider)
        from pydantic_ai.direct import model_request
        from pydantic_ai.models import ModelRequestParameters
        from pydantic_ai.settings import ModelSettings

        settings = ModelSettings(max_tokens=most, temperature=0.0, timeout=_SDK_S)
        async with httpx2.AsyncClient(transport=bridge, trust_env=False, timeout=_SDK_S) as client:
            try:
                response = await model_request(
                    _model(config, client),
                    _messages(messages),
                    model_settings=settings,
                    model_request_parameters=ModelRequestParameters(),
                )
            except Exception as error:  # boundary: libraries raise whatever a strange answer trips them with
                note_failure("llm.library", error)
                _log.warning("llm.library_failed", provider=config.provider, error=type(error).__name__)
                raise bridge.failure or _unreadable(error) from error
        usage = response.usage
        told = usage.input_tokens > 0 or usage.output_tokens > 0
        return Reply(
            "".join(part.content for part in response.parts if part.part_kind == "text"),
            usage.input_tokens if told else None,
            usage.output_tokens if told else None,
        )


def _unreadable(error: Exception) -> OpsloomError:
    """The library's own words may repeat the answer, so only its kind is told."""
    return AnswerUnusable(f"The provider's answer is not what its protocol says ({type(error).__name__}).")


def _import(provider: ModelProvider) -> None:
    import genai_prices
    import pydantic_ai.direct

    del genai_prices, pydantic_ai
    match provider:
        case ModelProvider.ANTHROPIC:
            import pydantic_ai.models.anthropic
        case ModelProvider.GOOGLE:
            import pydantic_ai.models.google
        case _:
            import pydantic_ai.models.openai  # noqa: F401  # to have it in memory


def _model(config: ModelConfig, client: httpx2.AsyncClient) -> Model:
    """A model whose library repeats nothing by itself."""
    match config.provider:
        case ModelProvider.ANTHROPIC:
            from anthropic import AsyncAnthropic
            from pydantic_ai.models.anthropic import AnthropicModel
            from pydantic_ai.providers.anthropic import AnthropicProvider

            speaker = AsyncAnthropic(base_url=BASE, api_key=PLACEHOLDER, http_client=client, max_retries=0)
            return AnthropicModel(config.model, provider=AnthropicProvider(anthropic_client=speaker))
        case ModelProvider.GOOGLE:
            from pydantic_ai.models.google import GoogleModel
            from pydantic_ai.providers.google import GoogleProvider

            return GoogleModel(
                config.model, provider=GoogleProvider(base_url=BASE, api_key=PLACEHOLDER, http_client=client)
            )
        case _:
            from openai import AsyncOpenAI
            from pydantic_ai.models.openai import OpenAIChatModel
            from pydantic_ai.providers.openai import OpenAIProvider

            asker = AsyncOpenAI(base_url=BASE, api_key=PLACEHOLDER, http_client=client, max_retries=0)
            return OpenAIChatModel(config.model, provider=OpenAIProvider(openai_client=asker))


def _messages(messages: Sequence[Message]) -> list[ModelMessage]:
    from pydantic_ai.messages import ModelRequest, ModelResponse, SystemPromptPart, TextPart, UserPromptPart

    found: list[ModelMessage] = []
    for role, text in messages:
        if role == "answer":
            found.append(ModelResponse(parts=[TextPart(text)]))
        else:
            found.append(ModelRequest(parts=[SystemPromptPart(text) if role == "system" else UserPromptPart(text)]))
    return found
