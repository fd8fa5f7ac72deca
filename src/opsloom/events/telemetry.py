"""What the taking in of events counts."""

from prometheus_client import Counter, Gauge, Histogram

ACCEPTED = Counter("opsloom_events_accepted_total", "Events stored.")
DUPLICATES = Counter("opsloom_events_duplicates_total", "Events that were there before.")
REJECTED = Counter("opsloom_events_rejected_total", "Events refused, by reason.", ["code"])
WAITING = Gauge("opsloom_events_waiting", "Events that wait to be stored.")
FLUSH_ROWS = Histogram(
    "opsloom_events_flush_rows", "Events in one group commit.", buckets=(1, 3, 10, 30, 100, 300, 1000, 3000, 10000)
)
FLUSH_SECONDS = Histogram(
    "opsloom_events_flush_seconds",
    "Time of one group commit.",
    buckets=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30),
)
