"""The sentences of answers in both languages."""

from __future__ import annotations

from opsloom.ask.compose.formats import particle
from opsloom.ask.plan import Language, Note, NoteCode
from opsloom.inventory.schemas import Aggregate, Comparison
from opsloom.inventory.service import METRICS

KO, EN = Language.KO, Language.EN

AGGREGATES: dict[Aggregate, tuple[str, str]] = {
    Aggregate.AVG: ("average", "평균값"),
    Aggregate.MIN: ("lowest", "최저값"),
    Aggregate.MAX: ("highest", "최고값"),
    Aggregate.SUM: ("total", "합계"),
    Aggregate.COUNT: ("number of samples of", "표본 수"),
    Aggregate.P50: ("median", "중앙값"),
    Aggregate.P90: ("90th percentile of", "90백분위수"),
    Aggregate.P95: ("95th percentile of", "95백분위수"),
    Aggregate.P99: ("99th percentile of", "99백분위수"),
    Aggregate.LATEST: ("latest", "최신값"),
    Aggregate.FIRST: ("first", "첫 값"),
    Aggregate.STDDEV: ("standard deviation of", "표준편차"),
    Aggregate.RATE: ("change per second of", "초당 변화량"),
}
COMPARISONS: dict[Comparison, tuple[str, str]] = {
    Comparison.ABOVE: ("above", "초과"),
    Comparison.AT_LEAST: ("at or above", "이상"),
    Comparison.BELOW: ("below", "미만"),
    Comparison.AT_MOST: ("at or below", "이하"),
}
_NOTES: dict[NoteCode, tuple[str, str]] = {
    NoteCode.WINDOW_ASSUMED: (
        "The question names no time; the interval above was assumed.",
        "질문에 시간이 없어 위 구간으로 보았습니다.",
    ),
    NoteCode.AMBIGUOUS_HOUR: (
        "“{0}” does not say morning or afternoon; the interval above shows how it was read.",
        "“{0}”에는 오전·오후가 없어 위 구간처럼 읽었습니다.",
    ),
    NoteCode.VAGUE_LENGTH: (
        "“{0}” is vague; see the interval above.",
        "“{0}”의 길이가 분명하지 않아 위 구간으로 보았습니다.",
    ),
    NoteCode.ASSUMED_START: (
        "“{0}” has no beginning; one was assumed.",
        "“{0}”에는 시작이 없어 위 구간으로 보았습니다.",
    ),
    NoteCode.ASSUMED_PAST: ("“{0}” was read as the time up to now.", "“{0}”{은} 지금까지의 시간으로 읽었습니다."),
    NoteCode.METRIC_SUBSTITUTED: (
        "The metric asked for is not measured there; {0} was used instead.",
        "요청한 지표가 없어 대신 {0}{을} 사용했습니다.",
    ),
    NoteCode.PARTS_USED: ("Measured on its parts: {0}.", "구성 요소에서 측정한 값입니다: {0}."),
    NoteCode.NAME_CORRECTED: ("Read a name as: {0}.", "이름을 이렇게 읽었습니다: {0}."),
    NoteCode.ALL_ITEMS: (
        "No item was named; taken over all that have it: {0}.",
        "대상이 없어 이 지표가 있는 전체를 보았습니다: {0}.",
    ),
    NoteCode.CLAMPED: ("A limit was applied ({0}).", "한도를 적용했습니다({0})."),
    NoteCode.WORDS_IGNORED: ("Not understood and left out: {0}.", "이해하지 못해 뺀 말: {0}."),
    NoteCode.CARRIED_OVER: ("Taken from the question before: {0}.", "앞 질문에서 이어받았습니다: {0}."),
    NoteCode.WHOLE_HISTORY: (
        "The question names no time; all that is recorded was searched.",
        "질문에 시간이 없어 기록 전체를 보았습니다.",
    ),
    NoteCode.SAME_LENGTH: (
        "Both periods are taken over the same elapsed part: {0}.",
        "두 기간을 같은 경과 구간만큼 비교했습니다: {0}.",
    ),
}
FAMILIES = {
    "database": ("the database failed", "데이터베이스 오류"),
    "planning": ("the plan could not be carried out", "계획 오류"),
    "tool": ("the tool failed", "도구 오류"),
    "policy": ("not permitted", "권한 없음"),
    "deadline": ("it took too long", "시간 초과"),
    "circuit": ("paused after repeated failures", "반복된 실패로 일시 중단"),
}


def pick(language: Language, english: str, korean: str) -> str:
    return korean if language is KO else english


def metric_title(metric: str, language: Language) -> str:
    """What people call a metric; its own name when it is not one of ours."""
    kind = METRICS.get(metric)
    return metric if kind is None else pick(language, kind.title_en, kind.title_ko)


def aggregate_name(aggregate: Aggregate, language: Language) -> str:
    english, korean = AGGREGATES[aggregate]
    return pick(language, english, korean)


_GROUPS = {
    "type": ("type", "유형"),
    "hour": ("hour of the day", "시간대"),
    "day": ("day", "날짜"),
    "result": ("result", "결과"),
    "team": ("team", "팀"),
    "cause": ("cause", "원인"),
    "cause_kind": ("kind of cause", "원인 유형"),
    "duration_min": ("duration", "소요 시간"),
    "severity": ("severity", "심각도"),
}


def group_name(group_by: str, language: Language) -> str:
    """What rows are grouped by, as people say it."""
    name = group_by.rpartition(":")[2]
    return pick(language, *_GROUPS.get(name, (name, name)))


def note_text(note: Note, language: Language) -> str:
    """A planner's decision as a sentence."""
    about = metric_title(note.text, language) if note.code is NoteCode.METRIC_SUBSTITUTED else note.text
    text = pick(language, *_NOTES[note.code]).replace("{0}", about)
    return text.replace("{은}", particle(about, "은", "는")).replace("{을}", particle(about, "을", "를"))


def topic(word: str) -> str:
    """A Korean topic: the word with 은 or 는."""
    return word + particle(word, "은", "는")


def subject(word: str) -> str:
    """A Korean subject: the word with 이 or 가."""
    return word + particle(word, "이", "가")


def family_text(family: str, language: Language) -> str:
    return pick(language, *FAMILIES.get(family, (family, family)))
