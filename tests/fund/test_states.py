"""Only the workflow engine sets a state: no assignment, no bulk update, anywhere else in the code."""

import ast
from pathlib import Path

from django.conf import settings

APPS = ("fund", "donations", "aid_requests", "reports", "config")
# Rows that are notes about a delivery, not objects with a life of their own.
NOTES = {
    "fund/mail.py": "whether a mail was sent",
    "config/demo/mailbox.py": "whether a mail was sent, all of a day at once",
    "fund/workflow.py": "the engine",
    "donations/actions/receiving.py": "what became of one delivery in the inbox",
}


def sources() -> list[Path]:
    files = [path for app in APPS for path in (settings.BASE_DIR / app).rglob("*.py")]
    return [path for path in files if "migrations" not in path.parts]


def state_setters(path: Path) -> list[int]:
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            flat = [
                part
                for target in targets
                for part in (target.elts if isinstance(target, ast.Tuple) else [target])
            ]
            if any(isinstance(part, ast.Attribute) and part.attr == "state" for part in flat):
                found.append(node.lineno)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "update":
            found += [node.lineno for keyword in node.keywords if keyword.arg == "state"]
    return found


def test_nothing_but_the_engine_sets_a_state():
    offenders = {}
    for path in sources():
        name = str(path.relative_to(settings.BASE_DIR))
        if name not in NOTES and (lines := state_setters(path)):
            offenders[name] = lines
    assert offenders == {}


def test_the_scan_sees_what_it_looks_for(tmp_path):
    probe = tmp_path / "probe.py"
    probe.write_text("a.state = 1\na.b, a.state = 1, 2\nrows.update(state=1)\na.state == 1\n")
    assert state_setters(probe) == [1, 2, 3]
