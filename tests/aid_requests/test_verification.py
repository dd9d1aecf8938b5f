"""A declaration's PDF on its own: authentic to the byte and through the whole proof, or a sentence why not."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, models

from aid_requests import actions
from aid_requests.models import AidRequest, Declaration, Document, SignatureCode
from aid_requests.verification import verify
from fund import clock, guards, vault
from fund.models import AuditEvent
from tests.aid_requests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("may_2020")]
LINKS = ["known", "latest", "schedule", "event", "frozen", "text", "code", "papers"]


def pdf_of(declaration: Declaration) -> bytes:
    return vault.open_for(declaration.request.applicant.subject_key, declaration.pdf_sealed)


def run(path, *options: str) -> tuple[int, str]:
    """(exit status, standard output)."""
    out = StringIO()
    try:
        call_command("verify_declaration", str(path), *options, stdout=out)
    except CommandError as error:
        return error.returncode, out.getvalue()
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


def broken(data: bytes) -> list[str]:
    return [finding.code for finding in verify(data).findings if not finding.holds]


def tamper(row: models.Model, column: str, value: object) -> None:
    """What somebody with the database in hand could do: without the triggers."""
    guards.remove(connection)
    try:
        type(row)._default_manager.filter(pk=row.pk).update(**{column: value})
    finally:
        guards.install(connection)


@pytest.fixture
def declaration(foundation, student) -> Declaration:
    return factories.submitted(student).declarations.get()


@pytest.fixture
def file(declaration, tmp_path):
    path = tmp_path / "declaration.pdf"
    path.write_bytes(pdf_of(declaration))
    return path


def test_the_frozen_file_is_authentic_and_every_link_says_so(declaration, file):
    status, told = run(file, "--json")
    found = json.loads(told)
    assert (status, found["authentic"]) == (0, True)
    assert [(one["code"], one["holds"]) for one in found["findings"]] == [(link, True) for link in LINKS]
    assert (found["reference"], found["version"]) == (declaration.request.reference, 1)
    assert found["sha256"] == declaration.pdf_sha256
    assert "Déclaration authentique." in run(file)[1]


def test_nothing_that_is_told_names_the_person(file, student):
    told = run(file)[1] + run(file, "--json")[1]
    for word in (
        factories.FIRST_NAME,
        factories.LAST_NAME,
        "Quartzmarker",
        "Grenoble",
        student.email,
        "3000",
    ):
        assert word not in told


def test_any_changed_byte_is_seen(declaration, file):
    good = file.read_bytes()
    for place in (9, len(good) // 3, len(good) // 2, len(good) - 8):
        changed = bytearray(good)
        changed[place] ^= 1
        file.write_bytes(bytes(changed))
        status, told = run(file)
        assert status == 1 and "Rien ne prouve" in told
    assert declaration.request.reference in told and "il a été modifié" in told
    file.write_bytes(good + b"\n")
    assert run(file)[0] == 1


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        (b"", "not_a_pdf", "n’est pas un PDF"),
        (b"\x89PNG\r\n", "not_a_pdf", "n’est pas un PDF"),
        (b"%PDF-1.4\n%%EOF", "unknown", "inconnu"),
        (
            b"%PDF-1.4\n/Title (D\\351claration U-2031-0001, version 1)\n%%EOF",
            "unknown",
            "inconnu",
        ),
    ],
)
def test_another_file_is_one_sentence_and_no_crash(declaration, tmp_path, data, code, words):
    path = tmp_path / "other"
    path.write_bytes(data)
    assert broken(data) == [code]
    status, told = run(path)
    assert status == 1 and words in told


def test_an_older_version_says_which_one_stands(declaration, file, student):
    actions.correct_request(by=student, request=declaration.request)
    assert broken(file.read_bytes()) == ["latest"]
    factories.sign(student, declaration.request)
    status, told = run(file)
    assert status == 1 and "la demande en est à la version 2" in told
    newest = Declaration.objects.order_by("-pk").first()
    assert verify(pdf_of(newest)).is_authentic


@pytest.mark.parametrize(
    ("column", "value", "link"),
    [
        ("content_hash", "0" * 64, "text"),
        ("facts", [], "text"),
        ("scheme_hash", "0" * 64, "schedule"),
        ("proof_sealed", "nonsense", "frozen"),
    ],
)
def test_each_altered_column_of_the_declaration_breaks_its_link(declaration, file, column, value, link):
    tamper(declaration, column, value)
    assert link in broken(file.read_bytes())
    assert run(file)[0] == 1


@pytest.mark.parametrize(
    ("column", "value"),
    [("action", "request.drafted"), ("object_id", "999999"), ("at", clock.DEMO_START - timedelta(days=9))],
)
def test_an_altered_audit_event_breaks_its_link(declaration, file, column, value):
    tamper(AuditEvent.objects.get(action="request.submitted"), column, value)
    assert broken(file.read_bytes()) == ["event"]


def test_a_code_that_was_never_used_or_is_gone_breaks_its_link(declaration, file):
    SignatureCode.objects.update(used_at=None)
    assert broken(file.read_bytes()) == ["code"]
    SignatureCode.objects.all().delete()
    assert broken(file.read_bytes()) == ["code"]


def test_a_paper_that_is_no_longer_the_same_breaks_its_link(declaration, file):
    Document.objects.filter(pk=Document.objects.first().pk).update(sha256="0" * 64)
    assert broken(file.read_bytes()) == ["papers"]


def test_after_an_erasure_nothing_is_proved_any_more_and_it_says_why(declaration, file):
    vault.erase_subject(AidRequest.objects.get().applicant.subject_key)
    assert broken(file.read_bytes()) == ["erased"]
    assert run(file)[0] == 1


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_file_that_cannot_be_read_is_status_two(tmp_path, options):
    for path in (tmp_path / "absent.pdf", tmp_path):
        status, told = run(path, *options)
        assert status == 2
        if options:
            assert json.loads(told)["authentic"] is False
