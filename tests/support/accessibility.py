"""What axe finds wrong with a page for people who use it in other ways than most."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


def violations(page: Page) -> list[str]:
    """Of WCAG 2.2, A and AA: the rule, where, and why."""
    found = Axe().run(page, options=RULES).response
    assert found["passes"], "axe looked at nothing"
    return [f"{each['id']}: {node['target']} {node['failureSummary']}" for each in found["violations"] for node in each["nodes"]]
