"""The canonical text of a predicate. Reading it back gives the same tree (held by a property test)."""

from datetime import UTC, datetime

from opsloom.rules.moments import to_datetime, to_micros
from opsloom.rules.predicate import (
    And,
    Arithmetic,
    Between,
    Boolean,
    Call,
    Column,
    Compare,
    Holds,
    IsNull,
    Leaf,
    Like,
    Literal,
    Member,
    Moment,
    Negate,
    Not,
    Number,
    Operand,
    Or,
    Predicate,
    Text,
)

_SUM, _PRODUCT, _ATOM = 1, 2, 3


def show(predicate: Predicate) -> str:
    """SQL text of a predicate."""
    match predicate:
        case Or(parts):
            return " OR ".join(_within(part, Or) for part in parts)
        case And(parts):
            return " AND ".join(_within(part, And) for part in parts)
        case Not(part):
            return _show_not(part)
        case _:
            return _show_leaf(predicate, negated=False)


def _within(part: Predicate, parent: type[And] | type[Or]) -> str:
    return f"({show(part)})" if parent is And and isinstance(part, Or) else show(part)


def _show_not(part: Predicate) -> str:
    match part:
        case And() | Or():
            return f"NOT ({show(part)})"
        case Between() | Member() | Like() | IsNull():
            return _show_leaf(part, negated=True)
        case _:
            return f"NOT {show(part)}"


def _show_leaf(leaf: Leaf, *, negated: bool) -> str:
    no = "NOT " if negated else ""
    match leaf:
        case Compare(op, left, right):
            return f"{show_operand(left)} {op} {show_operand(right)}"
        case Between(operand, low, high):
            return f"{show_operand(operand)} {no}BETWEEN {show_operand(low)} AND {show_operand(high)}"
        case Member(operand, options):
            return f"{show_operand(operand)} {no}IN ({', '.join(show_operand(option) for option in options)})"
        case Like(operand, pattern, ignore_case):
            word = "ILIKE" if ignore_case else "LIKE"
            return f"{show_operand(operand)} {no}{word} {_quote(pattern)}"
        case IsNull(operand):
            return f"{show_operand(operand)} IS {no}NULL"
        case Holds(operand):
            return show_operand(operand)


def show_operand(operand: Operand) -> str:
    """SQL text of an operand."""
    return _operand(operand)[0]


def _operand(operand: Operand) -> tuple[str, int]:
    match operand:
        case Column("named", (str() as name,)):
            return name, _ATOM
        case Column(name, path, step):
            name = f"{step}.{name}" if step else name
            steps = "".join(f"[{step}]" if isinstance(step, int) else f"[{_quote(step)}]" for step in path)
            return f"{name}{steps}", _ATOM
        case Negate(inner):
            text, rank = _operand(inner)
            return (f"-{text}" if rank == _ATOM and not text.startswith("-") else f"-({text})"), _ATOM
        case Arithmetic(op, left, right):
            rank = _SUM if op in "+-" else _PRODUCT
            return f"{_side(left, rank)} {op} {_side(right, rank + 1)}", rank
        case Call("number", (argument,)):
            return f"CAST({show_operand(argument)} AS DOUBLE)", _ATOM
        case Call(name, arguments):
            return f"{name}({', '.join(show_operand(one) for one in arguments)})", _ATOM
        case _:
            return _literal(operand), _ATOM


def _side(operand: Operand, rank: int) -> str:
    text, own = _operand(operand)
    return text if own >= rank else f"({text})"


def _literal(literal: Literal) -> str:
    match literal:
        case Number(value):
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case Text(value):
            return _quote(value)
        case Boolean(value):
            return "TRUE" if value else "FALSE"
        case Moment(micros):
            return f"TIMESTAMP '{show_moment(micros)}'"


def show_moment(micros: int) -> str:
    """ISO 8601 text of an instant, in UTC."""
    return to_datetime(micros).isoformat().replace("+00:00", "Z")


def read_moment(text: str) -> int:
    """Microseconds of an ISO 8601 instant; without an offset it is UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text.strip())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    micros = to_micros(moment)
    try:
        to_datetime(micros)
    except OverflowError:
        raise ValueError("no such instant in UTC") from None
    return micros


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
