"""How taking events in can fail as a whole; a single bad item is a `Rejection` instead."""

from opsloom.kit.errors import (
    Conflict,
    ConnectionLost,
    InvalidInput,
    MalformedRequest,
    NotFound,
    PayloadTooLarge,
    RateLimited,
    Unauthenticated,
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


class SamplesRejected(MalformedRequest):
    code, title = "samples_rejected", "Some samples were refused"


class SourceUnknown(NotFound):
    code, title = "event_source_unknown", "No such source of events"


class SourceNameTaken(Conflict):
    code, title = "event_source_name_taken", "A source has that name"


class WebhookRefused(Unauthenticated):
    code, title = "webhook_refused", "The webhook's signature was not accepted"


class MappingFailed(InvalidInput):
    code, title = "event_mapping_failed", "The source's mapping failed on this request"


class TypeUnknown(NotFound):
    code, title = "event_type_unknown", "No event of that type was seen"
