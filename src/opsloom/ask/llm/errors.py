"""What can go wrong around language models; what goes wrong in a question is part of its answer."""

from opsloom.kit.errors import Conflict, ExternalServiceFailed, NotFound, RateLimited


class ModelOff(Conflict):
    """No policy of models is in force, or it does not allow the purpose."""

    code, title = "model_off", "No language model is configured"


class BudgetSpent(RateLimited):
    """The day's budget is spent, or a cost cannot be told because the price is not known."""

    code, title, retryable = "model_budget_spent", "The day's budget for language models is spent", False


class AnswerUnusable(ExternalServiceFailed):
    """What the model answered is not what was asked for."""

    code, title = "model_answer_unusable", "The language model's answer cannot be used"


class CallNotFound(NotFound):
    code, title = "llm_call_not_found", "No such call of a language model"
