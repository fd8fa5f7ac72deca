"""The canonical metrics: what each measures, in which unit, and which direction is bad.

Other names may be recorded too; these are the ones the product knows how to talk about.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Bad(StrEnum):
    """The direction that means trouble."""

    UP = "up"
    DOWN = "down"
    NEITHER = "neither"


@dataclass(frozen=True)
class MetricKind:
    name: str
    unit: str
    title_en: str
    title_ko: str
    bad: Bad = Bad.UP
    aggregate: str = "avg"


def _kinds(*kinds: MetricKind) -> dict[str, MetricKind]:
    return {kind.name: kind for kind in kinds}


PERCENT, BYTES, BYTES_S, PER_S, COUNT, SECONDS = "percent", "bytes", "bytes/s", "1/s", "count", "s"

METRICS: Final = _kinds(
    MetricKind("cpu.usage", PERCENT, "CPU usage", "CPU 사용률"),
    MetricKind("cpu.core_usage", PERCENT, "CPU usage per core", "코어별 CPU 사용률"),
    MetricKind("memory.usage", PERCENT, "memory usage", "메모리 사용률"),
    MetricKind("memory.available_bytes", BYTES, "available memory", "가용 메모리", Bad.DOWN),
    MetricKind("swap.usage", PERCENT, "swap usage", "스왑 사용률"),
    MetricKind("disk.usage", PERCENT, "disk usage", "디스크 사용률"),
    MetricKind("disk.free_bytes", BYTES, "free disk space", "디스크 여유 공간", Bad.DOWN),
    MetricKind("disk.read_bytes_s", BYTES_S, "disk read rate", "디스크 읽기 속도", Bad.NEITHER),
    MetricKind("disk.write_bytes_s", BYTES_S, "disk write rate", "디스크 쓰기 속도", Bad.NEITHER),
    MetricKind("disk.read_ops_s", PER_S, "disk reads per second", "초당 디스크 읽기 횟수", Bad.NEITHER),
    MetricKind("disk.write_ops_s", PER_S, "disk writes per second", "초당 디스크 쓰기 횟수", Bad.NEITHER),
    MetricKind("network.receive_bytes_s", BYTES_S, "network receive rate", "네트워크 수신량", Bad.NEITHER),
    MetricKind("network.transmit_bytes_s", BYTES_S, "network transmit rate", "네트워크 송신량", Bad.NEITHER),
    MetricKind("network.errors_s", PER_S, "network errors per second", "초당 네트워크 오류"),
    MetricKind("load.1m", COUNT, "load average (1 min)", "부하 평균(1분)"),
    MetricKind("load.5m", COUNT, "load average (5 min)", "부하 평균(5분)"),
    MetricKind("load.15m", COUNT, "load average (15 min)", "부하 평균(15분)"),
    MetricKind("process.count", COUNT, "process count", "프로세스 수", Bad.NEITHER),
    MetricKind("process.cpu_usage", PERCENT, "process CPU usage", "프로세스 CPU 사용률"),
    MetricKind("process.resident_bytes", BYTES, "process memory", "프로세스 메모리"),
    MetricKind("postgres.connections", COUNT, "database connections", "데이터베이스 연결 수"),
    MetricKind("postgres.transactions_s", PER_S, "transactions per second", "초당 트랜잭션", Bad.NEITHER),
    MetricKind("postgres.cache_hit", PERCENT, "cache hit ratio", "캐시 적중률", Bad.DOWN),
    MetricKind("postgres.database_bytes", BYTES, "database size", "데이터베이스 크기", aggregate="latest"),
    MetricKind("postgres.deadlocks", COUNT, "deadlocks", "교착 상태", aggregate="sum"),
    MetricKind("postgres.oldest_transaction_s", SECONDS, "age of the oldest transaction", "가장 오래된 트랜잭션 시간"),
    MetricKind("queue.depth", COUNT, "queue depth", "대기열 길이"),
    MetricKind("opsloom.engine_lag_s", SECONDS, "delay of the rule engine", "규칙 엔진 지연"),
    MetricKind("opsloom.deliveries_failed", COUNT, "failed notifications (5 min)", "전달하지 못한 알림(5분)"),
    MetricKind("opsloom.breakers_open", COUNT, "open circuit breakers", "열린 차단기 수"),
    MetricKind("opsloom.intake_refused", COUNT, "refused events (5 min)", "거절한 이벤트(5분)"),
    MetricKind("service.requests_s", PER_S, "requests per second", "초당 요청 수", Bad.NEITHER),
    MetricKind("service.latency_ms", "ms", "response time", "응답 시간"),
    MetricKind("service.error_rate", PERCENT, "error rate", "오류율"),
)


def unit_of(metric: str) -> str:
    """The unit of a canonical metric; empty for one we do not know."""
    kind = METRICS.get(metric)
    return kind.unit if kind else ""
