"""What the README and the pages of docs/ say exists: commands, links, pictures, and the words of the screens."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

from fund import guards
from tests import translations

ROOT: Path = settings.BASE_DIR
GUIDES = sorted((ROOT / "docs" / "guides").glob("*.md"))
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
COMMAND = re.compile(r"\bmanage\.py\s+([a-z][a-z_]*)")
QUOTED = re.compile("«\u00a0([^»]+?)\u00a0»")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w*\}")
MOST_LINES, MOST_BYTES = 90, 250_000
FRENCH_FAULTS = {
    "a straight apostrophe": r"(?<=\w)'(?=\w)",
    "a breaking space before ; ! ?": r"[^\u202f!\n][;!?](?=\s|\W)",
    "a breaking space before a colon": r"[^\u00a0\n]:(?=\s|$)",
    "a breaking space inside « »": r"«(?!\u00a0)|(?<!\u00a0)»",
}


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def links_of(page: Path) -> list[str]:
    """The relative ones, without what follows #."""
    found = (link.partition("#")[0] for link in LINK.findall(text_of(page)))
    return [link for link in found if link and "://" not in link and not link.startswith("mailto:")]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_that_a_page_names_exists(page):
    known = get_commands()
    assert [name for name in COMMAND.findall(text_of(page)) if name not in known] == []


def test_the_readme_names_commands():
    """So that the search for them is seen to find some."""
    named = set(COMMAND.findall(text_of(ROOT / "README.md")))
    assert {"check_ledger", "load_scheme", "dump_scheme", "verify_declaration", "requeue_stuck_work"} <= named


def test_each_command_of_the_project_is_named_on_a_page():
    """`build_texts` is part of every start and stands, without `manage.py`, among the steps before the first one."""
    ours = {file.stem for file in ROOT.glob("*/management/commands/[a-z]*.py")} - {"build_texts"}
    told = {name for page in PAGES for name in COMMAND.findall(text_of(page))}
    assert ours - told == set()


def test_the_operations_name_every_table_that_is_only_added_to():
    text = text_of(ROOT / "docs" / "operations.md")
    assert [table for table in guards.append_only_tables() if f"`{table}`" not in text] == []


def test_every_name_of_the_environment_in_the_readme_is_read_by_the_settings():
    told = re.search(r"^Environment: (.*?)\n(?=\S+: \[)", text_of(ROOT / "README.md"), re.M | re.S)
    assert told
    listed = re.findall(r"`([A-Z][A-Z_]+)`", told[1].partition("How many students")[0])
    settings_text = text_of(ROOT / "config" / "settings" / "base.py")
    assert len(listed) > 10
    assert [name for name in listed if not re.search(rf'\benv[.\w]*\("{name}"', settings_text)] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_of_a_page_leads_somewhere(page):
    assert [link for link in links_of(page) if not (page.parent / link).exists()] == []


def test_every_picture_is_light_and_described():
    shown = [(page, *found) for page in PAGES for found in PICTURE.findall(text_of(page))]
    assert shown
    assert [file for _, words, file in shown if not words.strip()] == []
    assert [file for page, _, file in shown if (page.parent / file).stat().st_size >= MOST_BYTES] == []


def test_the_readme_shows_what_it_is_about_and_leads_to_each_guide():
    linked = set(links_of(ROOT / "README.md"))
    assert {"docs/pictures/home.png", "docs/pictures/publication.png"} <= linked
    assert {name_of(guide) for guide in GUIDES} <= linked
    assert [guide.stem for guide in GUIDES] == [
        "administrateur",
        "communication",
        "donateur",
        "etudiant",
        "membre",
        "referent",
        "seances",
        "tresorier-dons",
        "tresorier",
    ]


@pytest.mark.parametrize("guide", GUIDES, ids=name_of)
def test_a_guide_is_one_page_with_two_pictures_in_good_french(guide):
    text = text_of(guide)
    assert len(text.splitlines()) <= MOST_LINES
    assert len(PICTURE.findall(text)) == 2
    words = PICTURE.sub(r"\1", text)
    assert {
        fault: found for fault, rule in FRENCH_FAULTS.items() if (found := re.findall(rule, words, re.M))
    } == {}


@pytest.fixture(scope="module")
def screen_texts() -> str:
    """Every French text of the site, one per line, with an ellipsis for what varies."""
    catalogue = translations.load(ROOT / translations.CATALOGUE)
    every = (
        text for entry in translations.texts(catalogue).values() for text in translations.forms(entry.id)
    )
    return "\n".join(PLACEHOLDER.sub("…", text).strip() for text in every)


@pytest.mark.parametrize("guide", GUIDES, ids=name_of)
def test_a_guide_names_each_thing_as_the_screen_does(guide, screen_texts):
    quoted = QUOTED.findall(re.sub(r"\s*\n\s*", " ", text_of(guide)))
    assert quoted
    assert [words for words in quoted if words not in screen_texts] == []
