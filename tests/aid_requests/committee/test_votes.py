"""Who may vote, what decides, and what is never decided twice (C2, C5, C6, T4)."""

import hashlib
import re
from io import BytesIO

import pytest
from pypdf import PdfReader

from aid_requests.committee import actions, permissions
from aid_requests.models import AidRequest, Decision, Vote
from aid_requests.models.applicants import Applicant
from fund import audit, balances, chart, clock, vault
from fund.models import AuditEvent, Movement, OutgoingMail, PaymentOrder, Pocket
from fund.models.people import Role
from fund.roles import Refused
from fund.workflow import AlreadyDone, WrongState
from tests.aid_requests.committee import factories
from tests.conftest import grant
from tests.fund.treasury.factories import give_by_card

pytestmark = pytest.mark.usefixtures("proved")


def vote(by, request, choice="grant", **more):
    more.setdefault("revision", 1)
    if choice == "refuse":
        more.setdefault("reason_code", "not_covered")
    return actions.cast_vote(by=by, request=request, choice=choice, **more)


def code_of(refused) -> str:
    return refused.value.refusal.code


def refusal_code(by, request) -> str:
    refusal = permissions.can_read_file(by, request)
    return refusal.code if refusal else ""


def test_two_concordant_votes_grant_commit_order_and_tell(committee, file_of):
    request = file_of()
    assert vote(committee.member1, request) is None
    decision = vote(committee.chair, request)
    request.refresh_from_db()
    assert (decision.outcome, request.state, decision.amount_cents) == ("granted", "granted", 15_000)
    assert decision.vote_ids == list(Vote.objects.order_by("pk").values_list("pk", flat=True))
    movement = Movement.objects.get(kind="grant")
    assert (movement.debit_id, movement.credit_id, movement.amount_cents) == (
        chart.AIDS,
        chart.AIDS_OWED,
        15_000,
    )
    assert (movement.entry_ref, movement.scheme, movement.school_id) == (
        "U-2020-0001",
        "emergency-aid",
        request.school_id,
    )
    order = PaymentOrder.objects.get()
    assert (order.state, order.label, order.amount_cents, order.attempt) == ("due", "U-2020-0001", 15_000, 1)
    assert order.iban_fingerprint == request.bank_details.iban_fingerprint
    assert balances.left_cents() == 85_000
    assert OutgoingMail.objects.filter(key__contains=f"request:{request.pk}:decided").count() == 1


def test_a_first_vote_decides_nothing_and_stays_covered(committee, file_of):
    request = file_of()
    vote(committee.member1, request, note="à suivre")
    request.refresh_from_db()
    assert request.state == "in_review" and not Decision.objects.exists()
    (event,) = AuditEvent.objects.filter(action="vote.cast")
    assert "grant" not in str(audit.event_content(event))
    assert "suivre" not in Vote.objects.get().note_sealed


def test_one_against_one_needs_a_third(committee, file_of):
    request = file_of()
    assert vote(committee.member1, request) is None
    assert vote(committee.member2, request, "refuse") is None
    decision = vote(committee.chair, request, "refuse", reason_code="contradiction")
    assert decision.outcome == "refused"
    assert decision.reason_codes == ["not_covered", "contradiction"]
    assert len(decision.vote_ids) == 2 and not PaymentOrder.objects.exists()


@pytest.mark.parametrize(("choice", "reason"), [("refuse", ""), ("refuse", "because"), ("perhaps", "")])
def test_a_refusal_is_always_reasoned_and_a_vote_is_one_of_two(committee, file_of, choice, reason):
    with pytest.raises(Refused):
        vote(committee.member1, file_of(), choice, reason_code=reason)
    assert not Vote.objects.exists()


def test_a_member_votes_once(committee, file_of):
    """Failure 10: a double click."""
    request = file_of()
    vote(committee.member1, request)
    with pytest.raises(AlreadyDone):
        vote(committee.member1, request)
    assert Vote.objects.count() == 1


def test_the_deciding_vote_sent_twice_decides_once(committee, file_of):
    request = file_of()
    vote(committee.member1, request)
    vote(committee.chair, request)
    with pytest.raises(AlreadyDone):
        vote(committee.chair, request)
    assert Decision.objects.count() == PaymentOrder.objects.count() == 1


def test_a_late_vote_is_not_counted(committee, file_of):
    request = file_of()
    vote(committee.member1, request)
    vote(committee.chair, request)
    with pytest.raises(WrongState, match="déjà prise"):
        vote(committee.member2, request)


def test_a_file_that_changed_while_it_was_read_must_be_read_again(committee, file_of):
    request = file_of()
    vote(committee.member1, request)
    factories.change_file(request, committee.referent)
    with pytest.raises(WrongState) as stopped:
        vote(committee.chair, request, revision=1)
    assert stopped.value.sentence == "Le dossier a changé pendant votre lecture\u00a0: relisez-le."
    assert vote(committee.chair, request, revision=2) is None, (
        "the vote on the former revision no longer counts"
    )
    assert vote(committee.member1, request, revision=2).outcome == "granted"


def test_a_withdrawn_file_takes_no_vote(committee, file_of):
    request = file_of()
    AidRequest.objects.filter(pk=request.pk).update(state="withdrawn", withdrawn_at=request.created_at)
    with pytest.raises(WrongState):
        vote(committee.member1, request)


def test_nobody_votes_on_a_file_of_the_own_school(committee, file_of):
    request = file_of()
    with pytest.raises(Refused) as refused:
        vote(committee.member3, request)
    assert code_of(refused) == "own_school"
    assert "école" not in str(refused.value.refusal), "the sentence would tell the school"


def test_a_member_of_another_school_votes(committee, file_of):
    vote(committee.member2, file_of())
    assert Vote.objects.count() == 1


def test_nobody_votes_on_the_own_file(committee, file_of):
    request = file_of()
    grant(request.applicant.user, Role.MEMBER, by=committee.administrator)
    with pytest.raises(Refused) as refused:
        vote(request.applicant.user, request)
    assert code_of(refused) == "own_file"


@pytest.mark.parametrize(
    "name",
    ["treasurer", "signatory", "referent", "national_referent", "auditor", "communication", "administrator"],
)
def test_nobody_outside_the_committee_votes_or_reads(committee, file_of, name):
    """Invariant 5: who pays does not decide."""
    request, person = file_of(), getattr(committee, name)
    assert refusal_code(person, request) == "role"
    with pytest.raises(Refused):
        vote(person, request)


def test_a_former_member_no_longer_votes(committee, file_of):
    committee.member1.role_grants.update(revoked_at=clock.moment())
    with pytest.raises(Refused) as refused:
        vote(committee.member1, file_of())
    assert code_of(refused) == "role"


def test_who_certified_the_enrolment_once_does_not_vote(committee, file_of):
    request = file_of()
    factories.EnrolmentCertificate.objects.update(lapsed_at=request.created_at)
    factories.certify(request, committee.chair)
    with pytest.raises(Refused) as refused:
        vote(committee.chair, request)
    assert code_of(refused) == "supported"


def test_a_file_without_its_certificate_or_signature_takes_no_vote(committee, file_of):
    request = file_of()
    request.certificates.update(lapsed_at=request.created_at)
    with pytest.raises(Refused) as refused:
        vote(committee.member1, request)
    assert code_of(refused) == "not_whole"


# Stepping back -------------------------------------------------------------------------------------------------


def test_who_steps_back_neither_votes_nor_reads_and_the_vote_cast_falls(committee, file_of):
    request = file_of()
    vote(committee.member1, request)
    actions.recuse(by=committee.member1, request=request, ground="personal_tie")
    assert refusal_code(committee.member1, request) == "recused"
    assert vote(committee.chair, request) is None, "one vote counts, not two"
    assert vote(committee.member2, request).outcome == "granted"
    assert Decision.objects.get().vote_ids == list(
        Vote.objects.exclude(member=committee.member1).order_by("pk").values_list("pk", flat=True)
    )


def test_stepping_back_twice_or_for_no_known_reason_is_told(committee, file_of):
    request = file_of()
    with pytest.raises(Refused):
        actions.recuse(by=committee.member1, request=request, ground="bored")
    actions.recuse(by=committee.member1, request=request, ground="supported")
    with pytest.raises(AlreadyDone):
        actions.recuse(by=committee.member1, request=request, ground="supported")


def test_nobody_steps_back_after_the_decision(committee, file_of):
    request = file_of()
    vote(committee.member1, request)
    vote(committee.chair, request)
    with pytest.raises(WrongState):
        actions.recuse(by=committee.member2, request=request, ground="supported")


# Money ---------------------------------------------------------------------------------------------------------


def test_the_last_vote_is_not_kept_while_the_money_is_missing(committee, file_of, pocket):
    """1 000 € hold six aids of 150 €; the seventh waits for a gift, and its vote can then be cast."""
    for number in range(1, 7):
        request = file_of(number)
        vote(committee.member1, request)
        vote(committee.chair, request)
    request = file_of(7)
    vote(committee.member1, request)
    with pytest.raises(Refused) as refused:
        vote(committee.chair, request)
    assert code_of(refused) == "over_budget"
    expected = "Il reste 100\u00a0€ dans cette enveloppe. L’aide de 150\u00a0€ attendra le prochain don."
    assert str(refused.value.refusal) == expected
    assert Vote.objects.filter(request=request).count() == 1
    give_by_card(pocket, 5_000)
    assert vote(committee.chair, request).outcome == "granted"
    assert balances.left_cents() == 0


def test_refusing_needs_no_money(committee, file_of):
    for number in range(1, 7):
        request = file_of(number)
        vote(committee.member1, request)
        vote(committee.chair, request)
    request = file_of(7)
    vote(committee.member1, request, "refuse")
    assert vote(committee.chair, request, "refuse").outcome == "refused"


def test_the_pocket_of_the_scheme_pays_first_and_whole(committee, file_of, pocket):
    """With 200 € of its own the scheme pays one aid from them; the next is wholly general money."""
    own = Pocket.objects.create(code="urgence", name="Réservé à l’urgence", scheme="emergency-aid")
    give_by_card(own, 20_000)
    text = re.sub(r"(?m)^pocket: .*$", "pocket: urgence", committee.version.definition)
    committee.version = factories.load_scheme(by=None, text=text).version
    paid_from = []
    for number in (1, 2):
        request = file_of(number)
        vote(committee.member1, request)
        paid_from.append(vote(committee.chair, request).pocket.code)
    assert paid_from == ["urgence", "general"]
    assert (balances.left_cents(own), balances.left_cents(pocket)) == (5_000, 85_000)


def test_a_second_aid_in_the_same_year_is_over_the_cap(committee, file_of):
    first = file_of(1)
    vote(committee.member1, first)
    vote(committee.chair, first)
    applicant = Applicant.objects.get(pk=first.applicant_id)
    second = factories.make_file(committee.version, applicant, committee.referent, number=2)
    vote(committee.member1, second)
    with pytest.raises(Refused) as refused:
        vote(committee.chair, second)
    assert code_of(refused) == "cap_requests"
    assert Decision.objects.count() == 1


def test_an_amount_that_the_schedule_does_not_give_is_never_granted(committee, file_of):
    """C6: nobody types an amount."""
    request = file_of()
    AidRequest.objects.filter(pk=request.pk).update(amount_cents=99_900)
    vote(committee.member1, request)
    with pytest.raises(Refused) as refused:
        vote(committee.chair, request)
    assert code_of(refused) == "schedule"


# The letter ----------------------------------------------------------------------------------------------------


def text_of(decision) -> str:

    key = decision.request.applicant.subject_key
    pages = PdfReader(BytesIO(vault.open_for(key, decision.letter_sealed))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_the_letter_of_a_grant_says_how_much_why_and_how_to_contest(committee, file_of):
    request = file_of()
    vote(committee.member1, request)
    text = text_of(vote(committee.chair, request))
    for words in (
        "150,00 €",
        "Emploi étudiant arrêté",
        "15 juillet 2020",
        "Le comité d’attribution",
        "U-2020-0001",
    ):
        assert words in text
    assert factories.LAST_NAME in text, "it is addressed to the student by name"


def test_the_letter_of_a_refusal_gives_every_reason_and_other_doors(committee, file_of):
    request = file_of()
    vote(committee.member1, request, "refuse", reason_code="expense_not_shown")
    text = text_of(vote(committee.chair, request, "refuse", reason_code="contradiction"))
    for words in ("ne montrent pas la dépense", "ne disent pas la même chose", "Crous", "15 juillet 2020"):
        assert words in text


def test_the_letter_is_sealed_under_the_students_key_and_its_hash_is_kept(committee, file_of):

    request = file_of()
    vote(committee.member1, request)
    decision = vote(committee.chair, request)
    data = vault.open_for(request.applicant.subject_key, decision.letter_sealed)
    assert hashlib.sha256(data).hexdigest() == decision.letter_sha256
    assert data.startswith(b"%PDF-")
