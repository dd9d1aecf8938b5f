"""`import_register`: the same acts as the pages, for whoever has the machine."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from aid_requests.models import RegisterEntry
from tests.aid_requests.register.factories import OTHER, STUDENT, THIRD, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("may_2020", "school")]


def run(path, *options: str) -> tuple[int, dict]:
    out = StringIO()
    try:
        call_command("import_register", str(path), "--school", "nord", "--json", *options, stdout=out)
        status = 0
    except SystemExit as end:
        status = int(end.code or 0)
    return status, json.loads(out.getvalue())


@pytest.fixture
def file_of(tmp_path):
    def write(*lines: str):
        path = tmp_path / "list.csv"
        path.write_bytes(text(*lines))
        return path

    return write


def test_a_dry_run_then_the_list_in_force(file_of):
    status, told = run(file_of(STUDENT, OTHER))
    assert (status, told["state"], told["found"]["new"]) == (0, "compared", 2)
    assert not RegisterEntry.objects.exists()
    status, again = run(file_of(STUDENT, OTHER), "--apply")
    assert (status, again["state"], again["import"]) == (0, "applied", told["import"])
    assert run(file_of(STUDENT, OTHER), "--apply")[1]["state"] == "applied", "again changes nothing"
    assert RegisterEntry.objects.count() == 2


def test_half_a_list_is_held_until_it_is_said(file_of):
    run(file_of(STUDENT, OTHER, THIRD), "--apply")
    assert run(file_of(STUDENT), "--apply")[0] == 2
    assert RegisterEntry.objects.filter(left_at=None).count() == 3
    assert run(file_of(STUDENT), "--apply", "--let-go")[0] == 0
    assert RegisterEntry.objects.filter(left_at=None).count() == 1


def test_what_is_no_list_is_told(tmp_path):
    path = tmp_path / "list.pdf"
    path.write_bytes(b"%PDF-1.4")
    assert run(path) == (1, {"ok": False, "error": "pdf", "line": None})
    assert run(tmp_path / "absent")[0] == 1
    with pytest.raises(CommandError):
        call_command("import_register", str(path), "--school", "nowhere")
