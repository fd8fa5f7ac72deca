"""What a language model is asked for."""

from enum import StrEnum


class Purpose(StrEnum):
    PLAN = "plan"
    REPAIR = "repair"
    REPHRASE = "rephrase"
    DRAFT_RULE = "draft_rule"
