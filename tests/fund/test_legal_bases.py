"""The texts that let the fund do more: recorded and ended by administrators, never changed."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from fund import clock, legal_bases
from fund.legal_bases import Basis
from fund.models import AuditEvent, LegalBasis
from fund.models.institution import BasisKind
from fund.roles import Refused
from fund.workflow import AlreadyDone

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("foundation")]
RECEIPTS = Basis(
    kind=BasisKind.TAX_RECEIPTS,
    text="Rescrit d’essai.",
    reference="R-1",
    decided_on=date(2020, 1, 2),
    object_text="Aider",
    signer_name="Prénom d’Essai",
    signer_quality="La présidente",
)
WRITTEN = {
    "kind": "tax_receipts",
    "text": "Rescrit d’essai.",
    "reference": "R-1",
    "decided_on": "2020-01-02",
    "object_text": "Aider",
    "signer_name": "Prénom d’Essai",
    "signer_quality": "La présidente",
}


def test_a_recorded_text_stands_until_it_is_ended(people):
    row = legal_bases.record_basis(by=people.administrator, basis=RECEIPTS)
    assert legal_bases.standing_basis(BasisKind.TAX_RECEIPTS) == row
    legal_bases.end_basis(by=people.administrator, basis=row)
    assert legal_bases.standing_basis(BasisKind.TAX_RECEIPTS) is None
    with pytest.raises(AlreadyDone):
        legal_bases.end_basis(by=people.administrator, basis=row)
    acts = (
        AuditEvent.objects.filter(object_kind="fund.legalbasis")
        .order_by("pk")
        .values_list("action", flat=True)
    )
    assert list(acts) == ["legal_basis.recorded", "legal_basis.ended"]


def test_one_text_stands_for_receipts_and_one_for_each_school(people, school, other_school):
    legal_bases.record_basis(by=people.administrator, basis=RECEIPTS)
    with pytest.raises(Refused, match="stands_already"):
        legal_bases.record_basis(by=people.administrator, basis=replace(RECEIPTS, reference="R-2"))
    envelope = Basis(BasisKind.SCHOOL_ENVELOPE, "Convention.", "C-1", date(2020, 1, 2), school)
    row = legal_bases.record_basis(by=people.administrator, basis=envelope)
    legal_bases.record_basis(by=people.administrator, basis=replace(envelope, school=other_school))
    assert legal_bases.standing_basis(BasisKind.SCHOOL_ENVELOPE, school) == row


def test_a_rival_who_was_first_is_told_as_a_refusal(people, monkeypatch):
    legal_bases.record_basis(by=people.administrator, basis=RECEIPTS)
    seen = iter([None, LegalBasis.objects.get()])
    monkeypatch.setattr(legal_bases, "standing_basis", lambda kind, school=None: next(seen))
    with pytest.raises(Refused, match="stands_already"):
        legal_bases.record_basis(by=people.administrator, basis=RECEIPTS)


def test_a_text_to_come_is_not_recorded(people):
    with clock.at(clock.DEMO_START), pytest.raises(Refused, match="to_come"):
        legal_bases.record_basis(
            by=people.administrator, basis=replace(RECEIPTS, decided_on=date(2020, 5, 16))
        )


@pytest.mark.parametrize("role", ["treasurer", "auditor", "chair", "communication"])
def test_only_an_administrator_records_and_ends(people, role):
    with pytest.raises(Refused, match="role"):
        legal_bases.record_basis(by=getattr(people, role), basis=RECEIPTS)
    row = legal_bases.record_basis(by=people.administrator, basis=RECEIPTS)
    with pytest.raises(Refused, match="role"):
        legal_bases.end_basis(by=getattr(people, role), basis=row)


def test_what_was_written_never_changes_and_an_end_is_for_good(people):
    row = legal_bases.record_basis(by=people.administrator, basis=RECEIPTS)
    for change in ({"text": "Autre."}, {"signer_name": "Autre"}, {"decided_on": date(2021, 1, 1)}):
        with pytest.raises(DatabaseError), transaction.atomic():
            LegalBasis.objects.update(**change)
    legal_bases.end_basis(by=people.administrator, basis=row)
    with pytest.raises(DatabaseError), transaction.atomic():
        LegalBasis.objects.update(ended_at=None, ended_by=None)


def test_a_text_for_receipts_says_who_signs(people):
    with pytest.raises(IntegrityError), transaction.atomic():
        legal_bases.record_basis(by=people.administrator, basis=replace(RECEIPTS, signer_name=""))


def test_the_page_records_and_ends(people, client_of):
    client = client_of(people.administrator)
    assert "Aucun" in client.get(reverse("legal_bases")).content.decode()
    assert client.post(reverse("legal_bases"), WRITTEN)["Location"] == reverse("legal_bases")
    row = LegalBasis.objects.get()
    assert (row.signer_quality, row.school) == ("La présidente", None)
    html = client.get(reverse("legal_bases")).content.decode()
    assert "Mettre fin à ce texte" in html
    again = client.post(reverse("legal_bases"), WRITTEN)
    assert again.status_code == 422 and LegalBasis.objects.count() == 1
    for _ in range(2):
        assert client.post(reverse("end_legal_basis", args=[row.pk])).status_code == 302
    assert "Terminés" in client.get(reverse("legal_bases")).content.decode()


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"signer_name": " "}, "signer_name"),
        ({"object_text": ""}, "object_text"),
        ({"decided_on": "2999-01-01"}, "decided_on"),
        ({"kind": "school_envelope"}, "school"),
        ({"text": ""}, "text"),
        ({"kind": "other"}, "kind"),
    ],
)
def test_the_page_says_what_is_missing(people, client_of, change, where):
    answer = client_of(people.administrator).post(reverse("legal_bases"), {**WRITTEN, **change})
    assert answer.status_code == 422 and list(answer.context["form"].errors) == [where]
    assert not LegalBasis.objects.exists()


def test_a_schools_text_keeps_nothing_of_a_receipt(people, school, client_of):
    values = {**WRITTEN, "kind": "school_envelope", "school": school.pk}
    assert client_of(people.administrator).post(reverse("legal_bases"), values).status_code == 302
    row = LegalBasis.objects.get()
    assert (row.school, row.signer_name, row.object_text) == (school, "", "")
