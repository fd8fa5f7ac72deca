"""Answers without a plan: greetings, help, honest refusals, and choices to make."""

from __future__ import annotations

from opsloom.ask.blocks import Answer, AnswerStatus, Block, CandidatesBlock, MarkdownBlock
from opsloom.ask.compose.wording import metric_title, pick
from opsloom.ask.plan import Clarify, DirectReply, Language, Refusal, RefusalReason

_HELP = (
    "I answer questions about what is measured and recorded here, with the query behind every number. For example:\n"
    "- What was the highest CPU of this host in the last 10 minutes?\n"
    "- Top 5 servers by memory yesterday\n"
    "- How many alerts fired today?\n"
    "- Compare the CPU of this host yesterday and today",
    "여기에 측정되고 기록된 것에 대해 답하며, 모든 숫자에 근거 쿼리를 붙입니다. 예를 들면:\n"
    "- 이 서버의 최근 10분 CPU 최고값은?\n"
    "- 어제 메모리 사용률 상위 5개 서버\n"
    "- 오늘 발생한 알림은 몇 건이야?\n"
    "- 이 서버의 CPU를 어제와 오늘 비교해줘",
)
_DIRECT = {
    "greeting": (
        "Hello. Ask me about metrics, alerts, events and items.",
        "안녕하세요. 지표, 알림, 이벤트, 구성 항목에 대해 물어보세요.",
    ),
    "thanks": ("You are welcome.", "천만에요."),
    "help": _HELP,
}
_REFUSALS = {
    RefusalReason.EMPTY: ("There is no question in this.", "질문이 비어 있습니다."),
    RefusalReason.TOO_LONG: (
        "This is too long to be one question; 2,000 characters are the limit.",
        "질문이 너무 깁니다. 2,000자까지 물을 수 있습니다.",
    ),
    RefusalReason.OUT_OF_SCOPE: (
        "I can only answer about metrics, alerts, events and items recorded here.",
        "여기에 기록된 지표, 알림, 이벤트, 구성 항목에 대해서만 답할 수 있습니다.",
    ),
    RefusalReason.NOT_UNDERSTOOD: (
        "I did not understand enough of this to answer without guessing.",
        "추측 없이 답할 만큼 이해하지 못했습니다.",
    ),
    RefusalReason.CHANGES_THINGS: (
        "I only read; I do not change, stop or delete anything.",
        "저는 읽기만 합니다. 변경, 중지, 삭제는 하지 않습니다.",
    ),
    RefusalReason.NOT_YET: (
        "Causes, forecasts, ratios and impact paths are not something I can work out yet.",
        "원인, 예측, 비율, 영향 경로는 아직 답하지 못합니다.",
    ),
    RefusalReason.FUTURE: (
        "That time has not come yet, so nothing is recorded.",
        "아직 오지 않은 시간이라 기록이 없습니다.",
    ),
    RefusalReason.TIME_UNREADABLE: (
        "I recognise a time in this but cannot turn it into an interval.",
        "시간 표현은 알아보았지만 구간으로 바꾸지 못했습니다.",
    ),
    RefusalReason.NO_SUCH_METRIC: ("That is not measured there.", "그 대상에서는 측정하지 않는 지표입니다."),
    RefusalReason.NO_MONITORED_HOST: (
        "No machine is monitored in this tenant, so I do not know which one you mean.",
        "이 테넌트에는 감시 중인 서버가 없어 어느 서버인지 알 수 없습니다.",
    ),
    RefusalReason.NOTHING_BEFORE: (
        "This refers to a question before it, and there is none in this conversation.",
        "앞 질문을 가리키는 말이 있지만 이 대화에는 앞 질문이 없습니다.",
    ),
    RefusalReason.NO_DOCUMENTS: (
        "There are no documents to look in yet.",
        "아직 찾아볼 문서가 없습니다.",
    ),
    RefusalReason.WRONG_MODE: (
        "The chosen mode leaves out what this question is about; ask again in the mode that fits, or in auto.",
        "선택한 모드에서는 다루지 않는 질문입니다. 알맞은 모드나 자동 모드로 다시 물어보세요.",
    ),
    RefusalReason.INVALID_PLAN: ("The plan is not allowed to run.", "계획이 허용 한도를 벗어나 실행하지 않았습니다."),
}
_WORDED = frozenset({RefusalReason.OUT_OF_SCOPE, RefusalReason.NOT_UNDERSTOOD})


def reply(decision: DirectReply | Refusal | Clarify, language: Language) -> Answer:
    """The answer to a question that is not planned."""
    match decision:
        case DirectReply():
            text = pick(language, *_DIRECT[decision.topic])
            return Answer(language=language, status=AnswerStatus.ANSWERED, blocks=[MarkdownBlock(text=text)])
        case Refusal():
            text = _refusal(decision, language)
            return Answer(language=language, status=AnswerStatus.REFUSED, blocks=[MarkdownBlock(text=text)])
        case Clarify():
            return Answer(language=language, status=AnswerStatus.NEEDS_CHOICE, blocks=_choice(decision, language))


def _refusal(refusal: Refusal, language: Language) -> str:
    parts = [pick(language, *_REFUSALS[refusal.reason])]
    words = refusal.words
    if refusal.reason in _WORDED and words:
        parts.append(
            pick(language, "Not understood: ", "이해하지 못한 말: ") + ", ".join(f"“{word}”" for word in words) + "."
        )
    elif refusal.reason is RefusalReason.NO_SUCH_METRIC and words:
        known = ", ".join(dict.fromkeys(metric_title(word, language) for word in words[1:]))
        asked = metric_title(words[0], language)
        parts.append(pick(language, f"Asked for: {asked}. ", f"요청한 지표: {asked}. "))
        parts.append(pick(language, f"Measured: {known}." if known else "", f"측정 중: {known}." if known else ""))
    elif words:
        parts.append(f"({', '.join(words)})")
    return " ".join(part.strip() for part in parts if part.strip())


def _choice(clarify: Clarify, language: Language) -> list[Block]:
    if clarify.about == "unknown_item":
        english, korean = f"There is no item named “{clarify.phrase}”.", f"“{clarify.phrase}”라는 항목이 없습니다."
        if clarify.candidates:
            english, korean = f"{english} Did you mean one of these?", f"{korean} 다음 중 하나인가요?"
    else:
        english = f"“{clarify.phrase}” can mean several things. Which one?"
        korean = f"“{clarify.phrase}”에 해당하는 것이 여럿입니다. 어느 것인가요?"
    text = MarkdownBlock(text=pick(language, english, korean))
    if not clarify.candidates:
        return [text]
    return [text, CandidatesBlock(phrase=clarify.phrase, candidates=clarify.candidates)]
