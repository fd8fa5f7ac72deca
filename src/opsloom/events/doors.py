"""The ways in, as counts and refusals name them. A source is a door by its id."""

from enum import StrEnum


class Door(StrEnum):
    """The formats everybody with an API key can send."""

    EVENTS = "events"
    ALERTMANAGER = "alertmanager"
    OTLP_LOGS = "otlp_logs"
    OTLP_METRICS = "otlp_metrics"
    PROMETHEUS = "prometheus"
