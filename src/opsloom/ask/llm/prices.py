"""What tokens cost: by the connection's stated prices, else by the public list, else unknown. Never guessed."""

from opsloom.connections.content import ModelConfig

_MILLION = 1_000_000


def cost_of(config: ModelConfig, tokens_in: int, tokens_out: int) -> float | None:
    """US dollars; None where no price is known. The public list is asked by the provider's address, so that a gateway of
    one's own that speaks the same protocol is not billed at somebody else's prices. Call it once the library is loaded."""
    if config.price_in is not None and config.price_out is not None:
        return (tokens_in * config.price_in + tokens_out * config.price_out) / _MILLION
    from genai_prices import Usage, calc_price

    try:
        usage = Usage(input_tokens=tokens_in, output_tokens=tokens_out)
        return float(calc_price(usage, config.model, provider_api_url=config.url).total_price)
    except (LookupError, ValueError):
        return None


def tokens_at_most(texts: list[str]) -> int:
    """An upper estimate of what texts come to: a token for three bytes, which English and Korean both stay below."""
    return sum(len(text.encode("utf-8", "replace")) for text in texts) // 3 + 16 * len(texts)
