"""Screens for tests."""

from typing import Any

from opsloom.screens.document.screen import Screen


def screen(*children: dict[str, Any], **parts: Any) -> Screen:
    """A screen that passes the gate, with these components in its root."""
    whole: dict[str, Any] = {
        "slug": "hosts",
        "title": "Hosts",
        "root": {"type": "column", "id": "root", "children": list(children)},
    }
    return Screen.model_validate(whole | parts)


def button(*steps: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """A button that does these steps."""
    return {"type": "button", "id": "go", "label": "Go", "on": {"click": {"steps": list(steps)}}} | parts
