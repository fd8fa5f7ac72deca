"""What can go wrong with a tool, each with its own code."""

from opsloom.kit.errors import Conflict, InvalidInput, NotFound, OpsloomError, ToolFailed


class ToolNotFound(NotFound):
    """No such tool, not published, or another tenant's."""

    code, title = "tool_not_found", "No such tool"


class ArgumentsInvalid(InvalidInput):
    """The arguments do not fit the tool's input schema; `details` names every place."""

    code, title = "tool_arguments_invalid", "The arguments are not valid"


class OutputInvalid(ToolFailed):
    """The tool gave something else than its output schema says."""

    code, title = "tool_output_invalid", "The tool's result is not what it promised"


class ToolRefused(InvalidInput):
    """The tool's logic could not work; `details` points at each place."""

    code, title = "tool_logic_refused", "The logic of the tool is refused"


class ToolUnusable(OpsloomError):
    """What is published cannot run any more; the message says why."""

    status, code, title = 503, "tool_unusable", "The tool cannot run"


class RemoteToolChanged(Conflict):
    """Another server's tool no longer looks as it did when somebody imported it."""

    code, title = "remote_tool_changed", "The remote tool has changed"


class RemoteToolGone(ToolFailed):
    """Another server no longer offers a tool that was imported."""

    code, title = "remote_tool_gone", "The remote tool is gone"


class CaseNotFound(NotFound):
    """No such saved case of this tool."""

    code, title = "tool_case_not_found", "No such saved case"
