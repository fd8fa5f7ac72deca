"""Steps about items as SQL over `data.items`: pure."""

from __future__ import annotations

from opsloom.ask.plan import ItemsStep
from opsloom.ask.tools.conditions import on_items, one_of, uuids, where
from opsloom.inventory.schemas import ParameterType, Query
from opsloom.inventory.service import Values
from opsloom.kit.errors import PlanningFailed


def items(step: ItemsStep) -> Query:
    """Items, their number, or how many there are of each group."""
    values, parts = Values(), []
    if step.item_ids:
        parts.append(f"i.id = any({uuids(values, step.item_ids)})")
    parts += one_of(values, "i.type", step.item_types)
    parts += on_items(values, step.filters)
    condition = where(parts)
    if step.mode == "count":
        return Query(sql=f"select count(*) as value from data.items i\n{condition}", parameters=values.parameters)
    if step.mode == "by_group":
        return _groups(step, condition, values)
    sql = (
        "select i.name as item, i.id as item_id, i.type as item_type, i.name, i.type, i.name_en, i.name_ko, i.aliases, i.addresses,\n"
        f"       i.attributes, count(*) over () as total\nfrom data.items i\n{condition}\norder by i.name limit "
    )
    return Query(sql=sql + values.add(ParameterType.INTEGER, step.limit), parameters=values.parameters)


def group_column(group_by: str, values: Values) -> str:
    """What items are grouped by. Raises PlanningFailed for what items do not have."""
    if group_by == "type":
        return "i.type"
    if group_by.startswith("attribute:"):
        place = values.add(ParameterType.TEXT, group_by.removeprefix("attribute:"))
        return f"coalesce(i.attributes->>{place}, '-')"
    raise PlanningFailed(f"items cannot be grouped by {group_by}")


def _groups(step: ItemsStep, condition: str, values: Values) -> Query:
    column = group_column(step.group_by or "type", values)
    direction = "asc" if step.ascending else "desc"
    sql = (
        f"select {column} as name, count(*) as value, sum(count(*)) over ()::bigint as whole, count(*) over () as total\n"
        f"from data.items i\n{condition}\ngroup by 1 order by value {direction}, name limit "
    )
    return Query(sql=sql + values.add(ParameterType.INTEGER, step.limit), parameters=values.parameters)
