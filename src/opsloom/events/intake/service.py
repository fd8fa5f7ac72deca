"""Takes in what other systems send: reads it, stores what is good, and says the rest in the words of each protocol."""

from collections.abc import Mapping

from opsloom.events import taking
from opsloom.events.doors import Door
from opsloom.events.errors import SamplesRejected
from opsloom.events.event import MAX_BODY_BYTES
from opsloom.events.formats import otlp
from opsloom.events.formats.alertmanager import read_alerts
from opsloom.events.formats.otlp_logs import answer_logs, read_logs
from opsloom.events.formats.otlp_metrics import answer_metrics, read_metrics
from opsloom.events.formats.remote_write import V2, read_writes, version_of
from opsloom.events.formats.snappy import unpacked
from opsloom.events.metric_intake import MetricIntake
from opsloom.events.schemas import Ingested
from opsloom.events.taking import Taken
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.kit.errors import FieldProblem

_MOST_NAMED = 100


async def take_alerts(core: Core, scope: Scope, body: bytes) -> Ingested:
    """A group of Alertmanager's. Raises EventsUnreadable, EventsTooLarge, EventsRejected, and those of the group commit."""
    async with taking.watched(core, scope, Door.ALERTMANAGER):
        decoded = read_alerts(body, core.clock.now())
    return taking.told(await taking.take(core, scope, Door.ALERTMANAGER, decoded))


async def take_logs(core: Core, scope: Scope, body: bytes, content_type: str) -> tuple[bytes, str]:
    """Log records of OTLP; returns the answer and its content type. What was refused is its partial success."""
    async with taking.watched(core, scope, Door.OTLP_LOGS):
        encoding = otlp.encoding_of(content_type)
        decoded = read_logs(body, encoding, core.clock.now())
    taken = await taking.take(core, scope, Door.OTLP_LOGS, decoded)
    return answer_logs(len(taken.refused), _reason(taken), encoding), encoding.value


async def take_metrics(core: Core, scope: Scope, body: bytes, content_type: str) -> tuple[bytes, str]:
    """Data points of OTLP; returns the answer and its content type. What was refused is its partial success."""
    async with taking.watched(core, scope, Door.OTLP_METRICS):
        encoding = otlp.encoding_of(content_type)
        read = read_metrics(body, encoding, core.clock.now())
    taken = await core.part(MetricIntake).take(core, scope, Door.OTLP_METRICS, read)
    return answer_metrics(len(taken.refused), _reason(taken), encoding), encoding.value


async def take_writes(core: Core, scope: Scope, body: bytes, headers: Mapping[str, str]) -> dict[str, str]:
    """Samples of Prometheus; returns the headers of the answer.

    Raises SamplesRejected when one or more were refused, with the good ones stored: a sender does not repeat a 400.
    """
    async with taking.watched(core, scope, Door.PROMETHEUS):
        version = version_of(headers.get("content-type", ""))
        read = read_writes(unpacked(body, MAX_BODY_BYTES * 4), version, core.clock.now())
    taken = await core.part(MetricIntake).take(core, scope, Door.PROMETHEUS, read)
    written = taken.accepted + taken.duplicates
    if taken.refused:
        named = taken.refused[:_MOST_NAMED]
        raise SamplesRejected(
            f"{len(taken.refused)} samples were refused; {written} were stored. {_reason(taken)}",
            hint="Sending the refused ones again does not help.",
            details=[FieldProblem(pointer=e.pointer, detail=e.detail, code=e.code.value) for e in named],
        )
    if version != V2:
        return {}
    prefix = "X-Prometheus-Remote-Write"
    return {
        f"{prefix}-Samples-Written": str(written),
        f"{prefix}-Histograms-Written": "0",
        f"{prefix}-Exemplars-Written": "0",
    }


def _reason(taken: Taken) -> str:
    """The first refusal in a sentence; empty for none."""
    if not taken.refused:
        return ""
    first = taken.refused[0]
    return f"The first, at {first.pointer or '/'}, {first.detail}."
