import json
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from aid_requests import actions
from aid_requests.models import SchemeVersion
from fund.models import AuditEvent, Pocket, TransitionLog
from fund.roles import Refused
from tests.aid_requests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("may_2020")]
SCHEDULE = settings.BASE_DIR / "aid_requests" / "schedules" / "emergency-aid.yaml"
ELIGIBLE = {"enrolled": True, "lives_in_france": True, "cause": "student_job", "need": "rent"}


def run(command: str, *args: object) -> tuple[int, dict]:
    """(exit status, the JSON on standard output)."""
    out = StringIO()
    try:
        call_command(command, *map(str, args), "--json", stdout=out)
        status = 0
    except CommandError as error:
        status = error.returncode
    except SystemExit as end:
        status = int(end.code or 0)
    return status, json.loads(out.getvalue())


def answers_file(tmp_path, answers: object):
    path = tmp_path / "answers.json"
    path.write_text(answers if isinstance(answers, str) else json.dumps(answers), encoding="utf-8")
    return path


def test_loading_opens_a_version_and_makes_its_pocket():
    assert run("load_scheme", SCHEDULE) == (
        0,
        {"ok": True, "slug": "emergency-aid", "version": 1, "opened": True},
    )
    assert Pocket.objects.get() == SchemeVersion.objects.get().pocket
    assert AuditEvent.objects.filter(action="scheme.opened").count() == 1


def test_loading_the_same_definition_again_changes_nothing(tmp_path):
    run("load_scheme", SCHEDULE)
    same = tmp_path / "same.yaml"
    same.write_text("# a comment more\n" + SCHEDULE.read_text(encoding="utf-8"), encoding="utf-8")
    assert run("load_scheme", same)[1]["opened"] is False
    assert SchemeVersion.objects.count() == 1


def test_a_new_definition_closes_the_former_version(tmp_path):
    run("load_scheme", SCHEDULE)
    changed = tmp_path / "changed.yaml"
    text = SCHEDULE.read_text(encoding="utf-8").replace("days_to_payment: 6", "days_to_payment: 8")
    changed.write_text(text, encoding="utf-8")
    assert run("load_scheme", changed)[1]["version"] == 2
    assert list(SchemeVersion.objects.order_by("number").values_list("state", flat=True)) == [
        "closed",
        "open",
    ]
    assert TransitionLog.objects.filter(object_kind="aid_requests.schemeversion").count() == 3


def test_a_faulty_file_lists_every_fault_with_its_place(tmp_path):
    faulty = tmp_path / "faulty.yaml"
    text = (
        SCHEDULE.read_text(encoding="utf-8")
        .replace("votes: 2", "votes: many")
        .replace("pocket: ", "pokket: ")
    )
    faulty.write_text(text, encoding="utf-8")
    status, found = run("load_scheme", faulty)
    assert status == 1 and found["ok"] is False
    assert {"decision.votes", "pokket"} <= {problem["path"] for problem in found["problems"]}
    assert all(problem["message"] for problem in found["problems"])
    assert not SchemeVersion.objects.exists()


def test_a_missing_file_is_told():
    status, found = run("load_scheme", "there-is-none.yaml")
    assert status == 1 and found["problems"][0]["message"]


def test_only_an_administrator_loads_a_scheme_in_person(people):
    text = SCHEDULE.read_text(encoding="utf-8")
    with pytest.raises(Refused):
        actions.load_scheme(by=people.treasurer, text=text)
    assert actions.load_scheme(by=people.administrator, text=text).opened


def test_the_simulation_gives_case_amount_documents_and_facts(tmp_path):
    factories.open_scheme()
    status, found = run("simulate_scheme", "emergency-aid", "--answers", answers_file(tmp_path, ELIGIBLE))
    assert status == 0
    assert (found["eligible"], found["case"], found["amount_cents"]) == (True, "student_job_stopped", 15000)
    assert [document["code"] for document in found["documents"]] == ["last_payslip", "rent_receipt"]
    assert "own_account" in [fact["code"] for fact in found["facts"]]


def test_the_facts_hold_the_answers_and_amounts_pass_through_no_float(tmp_path):
    factories.open_scheme()
    path = tmp_path / "answers.json"
    body = json.dumps({**ELIGIBLE, "stopped_on": "2020-03-16"})[:-1] + ', "amount_due": 412.10}'
    path.write_text(body, encoding="utf-8")
    _status, found = run("simulate_scheme", "emergency-aid", "--answers", path)
    facts = {fact["code"]: fact["text"] for fact in found["facts"]}
    assert "412,10" in facts["rent_due"] and "16 mars 2020" in facts["job_stopped"]


def test_a_refusal_exits_with_two_and_says_who_can_help(tmp_path):
    factories.open_scheme()
    path = answers_file(tmp_path, {**ELIGIBLE, "cause": "other"})
    status, found = run("simulate_scheme", "emergency-aid", "--answers", path)
    assert status == 2 and found["eligible"] is False
    assert found["refusal"].startswith("Cette aide ne couvre pas") and "Crous" in found["orientation"]


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {**ELIGIBLE, "cause": "nothing of the list"},
        {**ELIGIBLE, "no_such_question": "x"},
        {**ELIGIBLE, "cause": ["a", "list"]},
        "{cut",
        "[]",
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"\\ud800": "x"}',
        '{"cause": "\\ud800"}',
    ],
)
def test_bad_answers_exit_with_one_and_a_sentence(tmp_path, answers):
    factories.open_scheme()
    status, found = run("simulate_scheme", "emergency-aid", "--answers", answers_file(tmp_path, answers))
    assert status == 1 and found["error"]
    assert json.dumps(found, ensure_ascii=False).encode(), "what is told can be written to a terminal"


def test_a_scheme_that_is_not_open_exits_with_one(tmp_path):
    status, found = run("simulate_scheme", "no-such-scheme", "--answers", answers_file(tmp_path, ELIGIBLE))
    assert status == 1 and "no-such-scheme" in found["error"]


def test_a_scheme_name_that_is_no_text_exits_with_one(tmp_path):
    status, found = run("simulate_scheme", "\udcff", "--answers", answers_file(tmp_path, ELIGIBLE))
    assert status == 1 and "dispositif" in found["error"]
    assert "\udcff" not in found["error"]
