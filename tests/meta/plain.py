"""Names of parameters that point at nothing of a tenant's: a foreign id in them can reveal nothing."""

# They narrow, sort, page or describe; they point at nothing of a tenant's.
PLAIN = frozenset(
    {
        "alone",
        "family",  # of errors
        "archived",
        "language",
        "hours",
        "limit",
        "cursor",  # has a test of its own
        "from",
        "to",
        "since",
        "at",  # an instant
        "until",
        "action",
        "target_kind",
        "topics",
        "last-event-id",  # a place in the tenant's own stream; tests/system/test_stream.py
        "if-match",  # a revision, a number
        "chat_id",  # of a group at another service
        "name",  # of a circuit breaker of the process, or what a secret of the caller's own tenant is to be called
        "type",
        "q",
        "text",
        "metric",
        "source",
        "subject",
        "severity",
        "label",  # of the caller's own alerts
        "rule",  # of the filters that a view keeps
        "receiver",  # a pattern over names of channels
        "silenced",
        "inhibited",
        "unprocessed",
        "active",
        "filter",  # matchers over labels
        "state",
        "status",
        "kind",
        "unread",
        "failed",
        "outcome",  # of a run: one of a few words
        "code",
        "cache",
        "slower_ms",
        "format",
        "id",  # in the tree of the visual builder
        "client_id",  # at somebody else's token URL
        "path",  # inside the system behind the caller's own connection
        "version",  # of the asset in the path, a number
        "depth",
        "tag",
        "fault",
        "force",  # yes or no
        "problem",
        "node_id",  # within a run
        "idempotency-key",  # of the caller's own choice
        "reference_id",  # r1, r2 … within a question
        "where",  # a condition on fields
        "slots",
        "reason",  # why a delivery ended as it did: one of a few words
        "days",  # of totals: a number
        "purpose",  # of a call to a model: one of a few words
        "fallback",  # keys within a channel's draft, looked up in that tenant
        "template",
    }
)
