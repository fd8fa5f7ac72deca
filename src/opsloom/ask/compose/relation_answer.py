"""Blocks for relations: what is reached from an item as a drawing and a table, and ways between two."""

from __future__ import annotations

from opsloom.ask.blocks import Column, GraphBlock, GraphEdge, GraphNode, NumberBlock, PathBlock
from opsloom.ask.compose import formats
from opsloom.ask.compose.sheet import Sheet, as_number
from opsloom.ask.execute import items_of
from opsloom.ask.plan import Intent, RelationsStep
from opsloom.ask.tools.contract import Row

MAX_NAMED = 8
_VIEWS = {
    "neighbours": ("is connected to", "items", "와 연결된 항목", "neighbours", "연결"),
    "dependencies": ("depends on", "items", "이 의존하는 항목", "dependencies", "의존 대상"),
    "dependants": ("is needed by", "items", "에 의존하는 항목", "dependants", "의존하는 항목"),
    "impact": ("would take down or disturb", "items", "의 장애가 영향을 주는 항목", "impact", "영향 범위"),
    "composition": ("is made of", "parts", "의 구성 요소", "composition", "구성 요소"),
}


def add_relations(sheet: Sheet, step: RelationsStep) -> None:
    """What is reached, or the way."""
    rows = sheet.rows(step)
    if not rows:
        return
    if step.view == "path":
        _path(sheet, step, rows)
    else:
        _reached(sheet, step, rows)


def relations_noun(sheet: Sheet, step: RelationsStep) -> str:
    """What was looked for, when nothing was found."""
    if step.view == "path":
        return sheet.say("a path between them", "두 항목을 잇는 경로")
    english, _noun, _korean, title, name = _VIEWS[step.view]
    types = f" ({', '.join(step.item_types)})" if step.item_types else ""
    return sheet.say(f"{title}{types} ({english})", f"{name}{types}")


def _focus(sheet: Sheet, step: RelationsStep) -> dict[str, str]:
    """Ids and names of what it was looked from."""
    ids = [str(one) for one in step.item_ids]
    if not ids and step.items_from is not None:
        ids = [str(one) for one in items_of(sheet.results[step.items_from])]
    names = {str(entity.id): entity.name for entity in sheet.plan.entities}
    edges = sheet.result(step).parts.get("edges")
    for row in edges.rows if edges is not None else ():
        names |= {str(row["source_id"]): str(row["source"]), str(row["target_id"]): str(row["target"])}
    return {one: names.get(one, one) for one in ids}


def _reached(sheet: Sheet, step: RelationsStep, rows: list[Row]) -> None:
    english, noun, korean, title, name = _VIEWS[step.view]
    title = sheet.say(title, name)
    reference, total = sheet.cite(step, title, "count"), sheet.total(rows)
    focus = _focus(sheet, step)
    names = sheet.state(", ".join(focus.values()))
    direct = int(as_number(rows[0].get("direct")) or 0)
    split = "" if direct in (0, total) else sheet.say(f", {direct} of them directly", f"(직접 {direct}개)")
    limits = f" ({', '.join(step.item_types)})" if step.item_types else ""
    topic = formats.particle(korean, "은", "는")
    listed = sheet.state(", ".join(str(row["item"]) for row in rows[:MAX_NAMED]))
    more = "" if total <= MAX_NAMED else sheet.say(", …", " …")
    if sheet.plan.intent is not Intent.STATUS:
        sheet.write(
            sheet.say(
                f"**{names}** {english} **{total}** {noun}{limits}{split} [{reference}]: {listed}{more}.",
                f"**{names}**{_joined(names, korean)}{limits}{topic} **{total}**개입니다{split} [{reference}]: "
                f"{listed}{more}.",
            ),
            reference,
        )
    if step.count:
        sheet.blocks.append(
            NumberBlock(label=title, value=float(total), unit="count", shown=formats.plain(total), reference=reference)
        )
    _draw(sheet, step, rows, (title, focus))
    columns = [
        Column(key="item", label=sheet.say("Item", "항목")),
        Column(key="item_type", label=sheet.say("Type", "유형")),
        Column(key="hop", label=sheet.say("Hops", "단계"), kind="number"),
        Column(key="source", label=sheet.say("From", "출발")),
        Column(key="type", label=sheet.say("Relation", "관계")),
        Column(key="target", label=sheet.say("To", "도착")),
    ]
    sheet.table(title, columns, rows, total, reference)


def _joined(names: str, korean: str) -> str:
    """The Korean particle that fits the last name."""
    if korean.startswith("와"):
        return formats.particle(names, "과", "와") + korean[1:]
    if korean.startswith("이 "):
        return formats.particle(names, "이", "가") + korean[1:]
    return korean


def _draw(sheet: Sheet, step: RelationsStep, rows: list[Row], said: tuple[str, dict[str, str]]) -> None:
    title, focus = said
    edges = sheet.result(step).parts.get("edges")
    if edges is None or not edges.rows:
        return
    types = {str(row[f"{end}_id"]): str(row[f"{end}_type"]) for row in edges.rows for end in ("source", "target")}
    nodes = [GraphNode(id=one, name=name, type=types.get(one, ""), depth=0) for one, name in focus.items()]
    nodes += [
        GraphNode(
            id=str(row["item_id"]),
            name=str(row["item"]),
            type=str(row["item_type"]),
            depth=int(as_number(row["hop"]) or 0),
        )
        for row in rows
        if str(row["item_id"]) not in focus
    ]
    lines = [
        GraphEdge(source=str(row["source_id"]), target=str(row["target_id"]), type=str(row["type"]))
        for row in edges.rows
    ]
    reference = sheet.cite(step, sheet.say(f"relations: {title}", f"관계: {title}"), part="edges")
    truncated = sheet.total(rows) > len(rows)
    sheet.blocks.append(
        GraphBlock(
            title=title,
            view=step.view,
            nodes=nodes,
            edges=lines,
            focus=list(focus),
            truncated=truncated,
            reference=reference,
        )
    )


def _path(sheet: Sheet, step: RelationsStep, rows: list[Row]) -> None:
    title = sheet.say("shortest path", "최단 경로")
    reference, hops = sheet.cite(step, title, "count"), int(as_number(rows[0].get("hops")) or 0)
    way = sheet.state(" → ".join(str(row["item"]) for row in rows))
    first, last = sheet.state(str(rows[0]["item"])), sheet.state(str(rows[-1]["item"]))
    sheet.write(
        sheet.say(
            f"From {first} to {last} it is **{hops}** hops [{reference}]: {way}.",
            f"{first}에서 {last}까지는 **{hops}**단계입니다 [{reference}]: {way}.",
        ),
        reference,
    )
    nodes = [
        GraphNode(id=str(row["item_id"]), name=str(row["item"]), type=str(row["item_type"]), depth=place)
        for place, row in enumerate(rows)
    ]
    # A row tells of the relation by which the next node is reached, by names.
    ids = {node.name: node.id for node in nodes}
    edges = [
        GraphEdge(source=ids[str(row["source"])], target=ids[str(row["target"])], type=str(row["type"]))
        for row in rows
        if row.get("type") is not None
    ]
    sheet.blocks.append(PathBlock(title=title, hops=hops, nodes=nodes, edges=edges, reference=reference))
    columns = [
        Column(key="item", label=sheet.say("Item", "항목")),
        Column(key="item_type", label=sheet.say("Type", "유형")),
        Column(key="source", label=sheet.say("From", "출발")),
        Column(key="type", label=sheet.say("Relation", "관계")),
        Column(key="target", label=sheet.say("To", "도착")),
    ]
    sheet.table(title, columns, rows, len(rows), reference)
