"""What the documents point at is there: links, headings, settings, files and commands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_SETTING = re.compile(r"\bNVR(?:_[A-Z]+)+(_\*)?")
_FILE = re.compile(r"`((?:bench|cameras|deploy|docs|nvr|recordings|requirements|script|static|streaming|tests)/[\w./-]+\.\w+|script/\w+)`")
_COMMAND = re.compile(r"\bmanage\.py (\w+)")
_READ = re.compile(r'\benv\.\w+\("([A-Z_]+)"|^REDIS_URL = env\.text\("(REDIS_URL)"|db_url\("([A-Z_]+)"', re.MULTILINE)


def _anchors(page: Path) -> set[str]:
    """Of its headings, as GitHub makes them."""
    headings = _HEADING.findall(_FENCE.sub("", page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _settings_read() -> set[str]:
    found = _READ.findall((ROOT / "nvr/settings.py").read_text(encoding="utf-8"))
    return {name for names in found for name in names if name}


def _settings_told() -> set[str]:
    return set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("document", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    dead = []
    for link in _LINK.findall(_FENCE.sub("", document.read_text(encoding="utf-8"))):
        if re.match(r"\w+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (document.parent / name).resolve() if name else document
        if not target.exists() or (anchor and anchor not in _anchors(target)):
            dead.append(link)
    assert not dead


@pytest.mark.parametrize("document", PAGES, ids=lambda path: path.name)
def test_what_is_named_is_there(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    settings = set(re.findall(r"\bNVR_[A-Z_]+\b", (ROOT / "nvr/settings.py").read_text(encoding="utf-8")))
    commands = {path.stem for path in ROOT.glob("*/management/commands/*.py")} | {"check", "spectacular", "runserver", "migrate"}
    named = {match[0].removesuffix("_FILE") for match in _SETTING.finditer(text)}
    assert not {name for name in named - settings if not (name.endswith("*") and any(known.startswith(name[:-1]) for known in settings))}
    assert not {name for name in _FILE.findall(text) if not (ROOT / name).exists()}
    assert set(_COMMAND.findall(text)) <= commands


def test_every_setting_is_in_the_example_and_none_that_is_gone() -> None:
    assert _settings_told() == _settings_read()


def test_every_document_is_linked_from_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert not [page.name for page in (ROOT / "docs").glob("*.md") if f"(docs/{page.name})" not in readme]


def test_what_the_code_refers_to_is_there() -> None:
    dead = set()
    for app in ("cameras", "nvr", "recordings", "streaming"):
        for path in (ROOT / app).rglob("*.py"):
            for name, anchor in re.findall(
                r"\b((?:docs|cameras|nvr|recordings|streaming)/[\w./-]+\.(?:md|py))(?:#([\w-]+))?", path.read_text("utf-8")
            ):
                if not (ROOT / name).exists() or (anchor and anchor not in _anchors(ROOT / name)):
                    dead.add(f"{path.relative_to(ROOT)}: {name}#{anchor}")
    assert not dead
