"""Snappy's raw form, as Prometheus sends it, with the size known before anything is unpacked."""

import cramjam

from opsloom.events.errors import EventsTooLarge, EventsUnreadable


def unpacked(body: bytes, limit_bytes: int) -> bytes:
    """Raises EventsTooLarge, EventsUnreadable."""
    try:
        size = cramjam.snappy.decompress_raw_len(body)
        if size > limit_bytes:
            raise EventsTooLarge(f"The body unpacks to more than {limit_bytes} bytes.", hint="Send smaller batches.")
        return bytes(cramjam.snappy.decompress_raw(body))
    except cramjam.DecompressionError:
        raise EventsUnreadable("The body is not valid snappy.", hint="Remote write uses snappy's raw form.") from None
