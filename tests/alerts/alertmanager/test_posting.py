"""What a posting means for an alert, and what a set of labels is called. Pure."""

from datetime import UTC, datetime, timedelta

import pytest

from opsloom.alerts.alertmanager.fingerprint import fingerprint
from opsloom.alerts.alertmanager.posting import RESOLVE_TIMEOUT, Fate, Posting, fate, read
from opsloom.alerts.alertmanager.schemas import PostableAlert
from opsloom.alerts.errors import PostedAlertInvalid

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def posting(ends_at: datetime | None = None) -> Posting:
    (found,) = read([PostableAlert(labels={"alertname": "Down"}, ends_at=ends_at)])
    return found


def test_labels_are_called_what_prometheus_calls_them() -> None:
    # The examples of prometheus/common's own test of signatures.
    assert fingerprint({}) == "cbf29ce484222325"
    assert int(fingerprint({"name": "garland, briggs", "fear": "love is not enough"}), 16) == 5799056148416392346
    assert fingerprint({"a": "1", "b": "2"}) == fingerprint({"b": "2", "a": "1"})


@pytest.mark.parametrize(
    ("ends_at", "is_open", "heard_until", "wanted"),
    [
        (None, False, None, Fate.OPEN),
        (NOW + MINUTE, False, NOW - MINUTE, Fate.OPEN),
        (None, True, NOW + MINUTE, Fate.HEARD),
        (None, True, NOW - MINUTE, Fate.HEARD),
        (NOW, True, NOW + MINUTE, Fate.CLOSE),
        (NOW - MINUTE, False, None, Fate.NOTHING),
        (None, False, NOW + MINUTE, Fate.STAYS_CLOSED),
        (NOW, False, NOW + MINUTE, Fate.NOTHING),
    ],
)
def test_what_a_posting_means(
    ends_at: datetime | None, is_open: bool, heard_until: datetime | None, wanted: Fate
) -> None:
    assert fate(posting(ends_at), is_open, heard_until, NOW) is wanted


def test_a_clock_that_leaps_back_reopens_nothing() -> None:
    back = NOW - 5 * MINUTE
    assert fate(posting(), False, NOW + RESOLVE_TIMEOUT, back) is Fate.STAYS_CLOSED
    assert fate(posting(NOW), True, NOW, back) is Fate.HEARD


def test_labels_without_values_are_none_and_the_last_word_counts() -> None:
    sent = [PostableAlert(labels={"a": "1", "b": ""}), PostableAlert(labels={"a": "1"}, ends_at=NOW)]
    (found,) = read(sent)
    assert (dict(found.labels), found.alert.ends_at) == ({"a": "1"}, NOW)
    unset = PostableAlert.model_validate({"labels": {"a": "1"}, "startsAt": "0001-01-01T00:00:00.000Z"})
    assert unset.starts_at is None


@pytest.mark.parametrize(
    "sent",
    [
        PostableAlert(labels={"a": ""}),
        PostableAlert(labels={"a": "1"}, starts_at=NOW, ends_at=NOW - MINUTE),
    ],
)
def test_what_cannot_be_an_alert_is_refused(sent: PostableAlert) -> None:
    with pytest.raises(PostedAlertInvalid) as refused:
        read([PostableAlert(labels={"a": "1"}), sent])
    assert refused.value.details[0].pointer.startswith("/1/")
