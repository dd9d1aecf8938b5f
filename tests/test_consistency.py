"""The shape of the code base, held by tests: what the linters cannot see.

Every test reads the tree as it stands, so it also holds what is added later.
"""

import ast
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from django.template.utils import get_app_template_dirs

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("config", "fund", "donations", "aid_requests", "reports", "tests")
# Lower numbers may not point at higher ones; the two apps of one floor ignore each other.
FLOORS = {"fund": 0, "donations": 1, "aid_requests": 1, "reports": 2, "config": 3}
MADE_HERE = {
    ".git",
    ".venv",
    "var",
    "__pycache__",
    ".pytest_cache",
    ".ruff_cache",
    ".mypy_cache",
    ".hypothesis",
}
PURE = ("fund/money.py", "fund/bank", "aid_requests/schemes", "aid_requests/committee/rules/")


def python_files() -> list[Path]:
    """Our own Python files, migrations excluded: Django writes those."""
    found = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    return sorted(
        [ROOT / "start.py", ROOT / "manage.py", *(path for path in found if "migrations" not in path.parts)]
    )


def project_files() -> list[Path]:
    """What a clone would hold: the tracked and the not yet tracked files; without git, all but what is made here."""
    if shutil.which("git") and (ROOT / ".git").exists():
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.split(b"\0")
        paths = {ROOT / os.fsdecode(name) for name in names if name}
    else:
        paths = {path for path in ROOT.rglob("*") if not MADE_HERE & set(path.relative_to(ROOT).parts)}
    return sorted(path for path in paths if path.is_file())


def inside(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def owner(model: type[models.Model]) -> str:
    """The package that a model belongs to: "fund" for fund.models.ledger.Movement."""
    return model.__module__.split(".")[0]


def our_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if owner(model) in FLOORS]


def foreign_keys() -> Iterator[tuple[str, str, str, object]]:
    """(label of the field, its package, the package pointed at, the field) between models of ours."""
    for model in our_models():
        for field in model._meta.local_fields + model._meta.local_many_to_many:
            target = field.related_model
            if isinstance(target, type) and issubclass(target, models.Model) and owner(target) in FLOORS:
                yield f"{model._meta.label}.{field.name}", owner(model), owner(target), field


# Sizes and names ---------------------------------------------------------------------------------------------


def test_no_file_is_longer_than_400_lines():
    lengths = {inside(path): len(path.read_text(encoding="utf-8").splitlines()) for path in python_files()}
    assert {name: length for name, length in lengths.items() if length > 400} == {}


def test_no_function_is_longer_than_40_lines():
    too_long = {}
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > 40:
                    too_long[f"{inside(path)}:{node.lineno} {node.name}"] = length
    assert too_long == {}


def test_no_module_is_named_after_nothing_in_particular():
    vague = {
        "utils",
        "util",
        "helpers",
        "helper",
        "common",
        "misc",
        "manager",
        "managers",
        "service",
        "services",
    }
    assert [
        inside(path) for path in python_files() if vague & {path.stem, *path.relative_to(ROOT).parts}
    ] == []


def test_amounts_schemes_and_bank_files_take_only_translation_from_django():
    faults = []
    for path in (path for path in python_files() if inside(path).startswith(PURE)):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            wrong = [
                name
                for name in names
                if name.split(".")[0] == "django" and name != "django.utils.translation"
            ]
            faults += [f"{inside(path)} imports {name}" for name in wrong]
    assert faults == []


# Models ------------------------------------------------------------------------------------------------------


def test_foreign_keys_point_downwards_or_stay_in_their_app():
    upwards = [
        f"{label} points from {source} to {target}"
        for label, source, target, _field in foreign_keys()
        if source != target and FLOORS[target] >= FLOORS[source]
    ]
    assert upwards == []


def test_deleting_a_row_never_deletes_what_points_at_it():
    """Money and people hang on every table of ours, so PROTECT and RESTRICT are the only answers."""
    allowed = (models.PROTECT, models.RESTRICT)
    wrong = [
        label
        for label, _source, _target, field in foreign_keys()
        if isinstance(field, models.ForeignKey) and field.remote_field.on_delete not in allowed
    ]
    assert wrong == []


# Templates ---------------------------------------------------------------------------------------------------


def templates() -> dict[str, Path]:
    """Name as Django knows it → file, for the templates of our packages."""
    folders = [
        folder
        for package in PACKAGES[:-1]
        for folder in (ROOT / package).rglob("templates")
        if folder.is_dir()
    ]
    return {path.relative_to(folder).as_posix(): path for folder in folders for path in folder.rglob("*.*")}


def overridden_folders() -> list[Path]:
    """Template folders of installed packages: a template of ours with the same name replaces theirs."""
    folders = [Path(folder) for folder in get_app_template_dirs("templates")]
    return [folder for folder in folders if not set(PACKAGES) & set(folder.parts[-2:])]


def is_known_to_a_package(name: str) -> bool:
    by_django = re.fullmatch(r"(400|403|404|500)\.html|robots\.txt", name)
    return bool(by_django) or any((folder / name).exists() for folder in overridden_folders())


def test_every_template_is_named_somewhere():
    sources = python_files() + list(templates().values())
    text = "\n".join(
        path.read_text(encoding="utf-8") for path in sources if not inside(path).startswith("tests/")
    )
    unused = []
    for name in templates():
        # Mails are named by their event: email/<event>_subject.txt and email/<event>_body.txt.
        event = re.sub(r"_(subject|body)\.(txt|html)$", "", name)
        known = name in text or (event != name and Path(event).name in text) or is_known_to_a_package(name)
        if not known:
            unused.append(name)
    assert unused == []


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("a script without src", r"<script(?![^>]*\bsrc=)[^>]*>"),
        ("a style element", r"<style\b"),
        ("a style attribute", r"<[a-zA-Z][^>]*\sstyle\s*="),
        ("an event attribute", r"<[a-zA-Z][^>]*\son[a-z]+\s*="),
        ("a javascript address", r"javascript:"),
    ],
)
def test_no_template_has_what_the_content_policy_forbids(what, pattern):
    """A mail is no page: no policy rules it, and its styles must stand on the elements."""
    found = [
        name
        for name, path in templates().items()
        if not name.startswith("email/") and re.search(pattern, path.read_text(encoding="utf-8"), re.I)
    ]
    assert found == [], f"{what} stands in these templates"


# The repository ----------------------------------------------------------------------------------------------


def forbidden_texts() -> re.Pattern[str]:
    """Hosts of package registries, and absolute paths of a machine; put together so as not to find this line."""
    hosts = [
        r"(?:files\.)?pyth" + r"onhosted\.org",
        "pyp" + r"i\.(?:org|python\.org)",
        "registry" + r"\.npmjs\.(?:org|com)",
    ]
    settings = ["index" + "-url", "npm_config_" + "registry"]
    paths = [r"(?<![\w.:/-])/(?:wor" + "k|far" + "m|roo" + "t|ho" + r"me|Use" + r"rs)/[a-z.]"]
    return re.compile("|".join(hosts + settings + paths))


def test_no_file_names_a_package_registry_or_a_path_of_one_machine():
    pattern, found = forbidden_texts(), []
    for path in project_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a font or an image
        found += [f"{inside(path)}: {match.group()}" for match in pattern.finditer(text)]
    assert found == []


@pytest.mark.parametrize(
    "line", ["see /ho" + "me/somebody/fund", "--index" + "-url x", "https://pyp" + "i.org/simple"]
)
def test_the_search_for_forbidden_texts_finds_them(line):
    assert forbidden_texts().search(line)


def map_of_readme() -> list[str]:
    """The names that the README's map lists: in `backquotes`, or first on the lines of its framed blocks."""
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8") if readme.exists() else "## Map\n`start.py`\n"
    section = re.search(r"^#+ [^\n]*\bMap\b[^\n]*\n(.*?)(?=^#+ |\Z)", text, re.M | re.S | re.I)
    if section is None:
        return []
    blocks = re.findall(r"^```[^\n]*\n(.*?)^```", section[1], re.M | re.S)
    first_words = [line.split()[0] for block in blocks for line in block.splitlines() if line.strip()]
    quoted = re.findall(
        r"`([\w.-]+(?:/[\w.-]*)*)`", re.sub(r"^```.*?^```", "", section[1], flags=re.M | re.S)
    )
    return [
        name for name in first_words + quoted if re.fullmatch(r"[\w.-]+(?:/[\w.-]*)+|[\w-]*\.[a-z]+", name)
    ]


def test_the_map_of_the_readme_names_what_exists():
    names = map_of_readme()
    assert names, "README.md has no section named Map that lists files or folders"
    assert [name for name in names if not (ROOT / name).exists()] == []
