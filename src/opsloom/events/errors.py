"""How taking events in can fail as a whole; a single bad item is a `Rejection` instead."""

from opsloom.kit.errors import (
    ConnectionLost,
    InvalidInput,
    MalformedRequest,
    NotFound,
    PayloadTooLarge,
    RateLimited,
    UnsupportedMedia,
)


class EventsUnreadable(MalformedRequest):
    code, title = "events_unreadable", "The body could not be read"


class EventsRejected(InvalidInput):
    code, title = "events_rejected", "No event was accepted"


class EventsTooLarge(PayloadTooLarge):
    code, title = "events_too_large", "Too much at once"


class EventFormatUnknown(UnsupportedMedia):
    code, title = "event_format_unknown", "Unsupported content type"


class EventsBacklogged(RateLimited):
    code, title = "events_backlogged", "Events arrive faster than they can be stored"


class EventStoreAway(ConnectionLost):
    code, title = "event_store_away", "Events cannot be stored right now"


class EventUnknown(NotFound):
    code, title = "event_unknown", "No such event"
