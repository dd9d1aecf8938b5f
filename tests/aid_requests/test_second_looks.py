"""The second look: a draw that anybody can check, a payment that waits, and who may read."""

import hashlib
import hmac
from datetime import date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aid_requests import actions, second_look_lists, second_looks
from aid_requests.committee import actions as voting
from aid_requests.models import AidRequest, Decision, SecondLook, SecondLookMonth
from fund import clock
from fund.models import AuditEvent, PaymentOrder
from fund.models.people import Role
from fund.roles import Refused
from fund.treasury.batches import prepare_batch, sign_batch
from fund.workflow import AlreadyDone
from tests.aid_requests.committee import factories as files
from tests.aid_requests.committee.conftest import committee, file_of
from tests.aid_requests.second_look_files import granted
from tests.conftest import grant, make_user

__all__ = ["committee", "file_of"]  # fixtures of the committee, used here as they are
SEED = "0f" * 32
MAY, JUNE = date(2020, 5, 1), date(2020, 6, 1)


@pytest.fixture
def all_drawn(settings, committee):
    """From now on every grant is drawn."""
    settings.SECOND_LOOK_ONE_IN, settings.SECOND_LOOK_FROM_CENTS = 1, 0
    actions.keep_second_looks()
    return committee


@pytest.fixture
def look(all_drawn, file_of) -> SecondLook:
    return granted(all_drawn, file_of()).second_look


def pay(people) -> None:
    due = PaymentOrder.objects.values_list("pk", flat=True)
    batch = prepare_batch(by=people.treasurer, order_ids=list(due))
    sign_batch(by=people.signatory, batch=batch)


# The rule ---------------------------------------------------------------------------------------------------------


def test_the_rule_is_what_the_page_says_and_nothing_else_counts():
    digest = hmac.new(bytes.fromhex(SEED), b"52", hashlib.sha256).digest()
    wanted = int.from_bytes(digest[:8], "big") % 10 == 0
    told = {"one_in": 10, "from_cents": 30_000, "seed": SEED}
    assert second_looks.is_drawn(52, 30_001, **told) == wanted
    drawn = [number for number in range(200) if second_looks.is_drawn(number, 30_001, **told)]
    assert drawn == [number for number in range(200) if second_looks.is_drawn(number, 99_000, **told)]
    other = {**told, "seed": "1e" * 32}
    assert drawn != [number for number in range(200) if second_looks.is_drawn(number, 30_001, **other)]


def test_what_is_not_above_the_amount_is_never_drawn():
    told = {"one_in": 1, "from_cents": 30_000, "seed": SEED}
    assert not second_looks.is_drawn(1, 30_000, **told) and second_looks.is_drawn(1, 30_001, **told)


@pytest.mark.parametrize("one_in", [2, 10, 50])
def test_over_10_000_grants_the_share_is_the_one_that_was_promised(one_in):
    told = {"one_in": one_in, "from_cents": 0, "seed": SEED}
    drawn = sum(second_looks.is_drawn(number, 1, **told) for number in range(1, 10_001))
    share = 1 / one_in
    four_deviations = 4 * (10_000 * share * (1 - share)) ** 0.5
    assert abs(drawn - 10_000 * share) < four_deviations


def test_the_promise_binds_the_month_the_share_the_amount_and_the_seed():
    first = second_looks.commitment_of(JUNE, one_in=10, from_cents=30_000, seed=SEED)
    assert first == hashlib.sha256(f"second-look|2020-06|10|30000|{SEED}".encode()).hexdigest()
    others = {
        second_looks.commitment_of(MAY, one_in=10, from_cents=30_000, seed=SEED),
        second_looks.commitment_of(JUNE, one_in=11, from_cents=30_000, seed=SEED),
        second_looks.commitment_of(JUNE, one_in=10, from_cents=30_001, seed=SEED),
        second_looks.commitment_of(JUNE, one_in=10, from_cents=30_000, seed="00" * 32),
    }
    assert first not in others and len(others) == 4


# Months -----------------------------------------------------------------------------------------------------------


def at(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=clock.PARIS)


def test_a_month_is_promised_before_it_begins_and_revealed_after(db):
    with clock.at(at(date(2020, 5, 15))):
        assert actions.keep_second_looks() == "1 promised, 0 revealed, 0 drawn"
        assert actions.keep_second_looks() == "0 promised, 0 revealed, 0 drawn"
    with clock.at(at(date(2020, 5, 26))):
        assert actions.keep_second_looks() == "1 promised, 0 revealed, 0 drawn"
    june = SecondLookMonth.objects.get(month=JUNE)
    assert june.committed_at < at(JUNE, 0) and june.seed == ""
    trail = AuditEvent.objects.filter(action="second_look.promised").order_by("pk").last()
    assert trail.details == {
        "month": "2020-06", "one_in": 10, "from_cents": 30_000, "commitment": june.commitment,
    }  # fmt: skip
    with clock.at(at(JUNE)):
        assert actions.keep_second_looks() == "0 promised, 1 revealed, 0 drawn"
        assert actions.keep_second_looks() == "0 promised, 0 revealed, 0 drawn"
    may = SecondLookMonth.objects.get(month=MAY)
    assert second_looks.commitment_of(MAY, one_in=10, from_cents=30_000, seed=may.seed) == may.commitment
    june.refresh_from_db()
    assert june.seed == ""


def test_a_change_of_the_settings_waits_for_a_month_without_a_promise(db, settings):
    with clock.at(at(MAY)):
        actions.keep_second_looks()
        settings.SECOND_LOOK_ONE_IN = 3
        actions.keep_second_looks()
    assert SecondLookMonth.objects.get(month=MAY).one_in == 10
    with clock.at(at(date(2020, 5, 30))):
        actions.keep_second_looks()
    assert SecondLookMonth.objects.get(month=JUNE).one_in == 3
    settings.SECOND_LOOK_ONE_IN = 0
    with clock.at(at(date(2020, 6, 30))):
        assert actions.keep_second_looks().startswith("0 promised")


@pytest.mark.parametrize("change", [{"one_in": 99}, {"commitment": "1" * 64}, {"seed_sealed": "x"}])
def test_a_promise_cannot_be_changed(db, change):
    actions.keep_second_looks()
    with pytest.raises(IntegrityError), transaction.atomic():
        SecondLookMonth.objects.update(**change)


def test_what_was_decided_before_the_promise_is_not_drawn(committee, file_of, settings):
    settings.SECOND_LOOK_ONE_IN, settings.SECOND_LOOK_FROM_CENTS = 1, 0
    decision = granted(committee, file_of())
    with clock.at(clock.moment() + timedelta(minutes=1)):
        actions.keep_second_looks()
        assert not SecondLook.objects.exists()
        assert second_looks.payment_refusal(decision) is None


def test_check_ledger_sees_a_forged_draw(look, capsys):
    call_command("check_ledger")
    SecondLook.objects.all().delete()
    with pytest.raises(SystemExit):
        call_command("check_ledger")
    assert f"decision {look.decision_id}: it was not drawn and should be." in capsys.readouterr().out
    assert actions.keep_second_looks() == "0 promised, 0 revealed, 1 drawn"
    call_command("check_ledger")


# The payment waits ------------------------------------------------------------------------------------------------


def test_a_drawn_grant_enters_no_batch_until_it_is_confirmed(look, all_drawn, proved):
    with pytest.raises(Refused, match="second_look"):
        pay(all_drawn)
    actions.confirm_grant(by=all_drawn.chair, look=look)
    pay(all_drawn)
    assert PaymentOrder.objects.get().state == "sent"


def test_a_grant_that_is_not_drawn_is_paid_at_once(committee, file_of, settings):
    settings.SECOND_LOOK_ONE_IN, settings.SECOND_LOOK_FROM_CENTS = 1, 10_000_000
    actions.keep_second_looks()
    granted(committee, file_of())
    assert not SecondLook.objects.exists()
    pay(committee)


def test_a_missing_row_does_not_free_the_payment(look, all_drawn):
    SecondLook.objects.all().delete()
    with pytest.raises(Refused, match="second_look"):
        pay(all_drawn)


def test_a_refusal_is_never_drawn(all_drawn, file_of):
    request = file_of()
    for member in (all_drawn.member1, all_drawn.member2):
        voting.cast_vote(by=member, request=request, choice="refuse", revision=1, reason_code="not_covered")
    assert Decision.objects.get().outcome == "refused" and not SecondLook.objects.exists()


def test_what_is_reported_waits_for_the_chair_and_nothing_is_undone(look, all_drawn, proved):
    reader = all_drawn.chair
    note = "Le loyer payé n’est pas celui du bail."
    actions.report_grant(by=reader, look=look, reason="amount", note=note)
    look.refresh_from_db()
    assert look.state == "reported" and "loyer" not in look.note_sealed
    assert look.decision.request.state == "granted" and PaymentOrder.objects.get().state == "due"
    with pytest.raises(Refused, match="second_look_reported"):
        pay(all_drawn)
    with pytest.raises(Refused, match="reader"):  # who doubts does not lift the doubt
        actions.maintain_grant(by=reader, look=look, note="Vu.")
    with pytest.raises(AlreadyDone):
        actions.confirm_grant(by=reader, look=look)


def test_the_chair_lets_a_reported_grant_stand(look, all_drawn, proved):
    reader = another_member(all_drawn)
    actions.report_grant(by=reader, look=look, reason="papers", note="Une page manque.")
    for nobody in (all_drawn.member1, all_drawn.treasurer, all_drawn.administrator, reader):
        with pytest.raises(Refused):
            actions.maintain_grant(by=nobody, look=look, note="Vu.")
    with pytest.raises(Refused, match="note"):
        actions.maintain_grant(by=all_drawn.chair, look=look, note=" ")
    actions.maintain_grant(by=all_drawn.chair, look=look, note="Le comité l’a revue.")
    with pytest.raises(AlreadyDone):
        actions.maintain_grant(by=all_drawn.chair, look=look, note="Encore.")
    pay(all_drawn)


def another_member(people):
    member = make_user("another_member")
    grant(member, Role.MEMBER, by=people.administrator)
    return member


@pytest.mark.parametrize(
    ("reason", "note"), [("", "Oui."), ("because", "Oui."), ("case", "  "), ("case", "x" * 1001)]
)
def test_a_doubt_has_a_reason_and_words(look, all_drawn, reason, note):
    with pytest.raises(Refused):
        actions.report_grant(by=all_drawn.chair, look=look, reason=reason, note=note)
    assert SecondLook.objects.get().state == "open"


# Who reads --------------------------------------------------------------------------------------------------------


def test_who_voted_certified_typed_stepped_back_or_has_no_seat_does_not_read_again(look, all_drawn):
    request = look.decision.request
    for name in ("member1", "member2", "treasurer", "signatory", "referent", "national_referent", "auditor",
                 "administrator", "communication"):  # fmt: skip
        someone = getattr(all_drawn, name)
        with pytest.raises(Refused):
            actions.confirm_grant(by=someone, look=look)
        assert not second_look_lists.to_read(someone).exists(), name
    assert list(second_look_lists.to_read(all_drawn.chair)) == [look]
    AidRequest.objects.filter(pk=request.pk).update(typed_by=all_drawn.chair, typed_at=clock.moment())
    with pytest.raises(Refused, match="typed"):
        actions.confirm_grant(by=all_drawn.chair, look=look)
    assert not second_look_lists.to_read(all_drawn.chair).exists()
    AidRequest.objects.filter(pk=request.pk).update(typed_by=None, typed_at=None)
    request.certificates.update(certified_by=all_drawn.chair)
    with pytest.raises(Refused, match="supported"):
        actions.confirm_grant(by=all_drawn.chair, look=look)
    assert not second_look_lists.to_read(all_drawn.chair).exists()


def test_the_same_click_twice_is_one_reading(look, all_drawn):
    actions.confirm_grant(by=all_drawn.chair, look=look)
    with pytest.raises(AlreadyDone):
        actions.confirm_grant(by=all_drawn.chair, look=look)
    with pytest.raises(AlreadyDone):
        actions.report_grant(by=all_drawn.chair, look=look, reason="case", note="Trop tard.")
    assert AuditEvent.objects.filter(action="second_look.confirmed").count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        SecondLook.objects.update(state="open", read_by=None, read_at=None)


def test_a_vote_of_the_first_round_keeps_out_of_the_second_look_of_the_second(all_drawn, file_of):
    """Another round is another decision: it is drawn by its own number, and read by who took part in neither."""
    request = file_of()
    for member in (all_drawn.chair, another_member(all_drawn)):
        voting.cast_vote(by=member, request=request, choice="refuse", revision=1, reason_code="not_covered")
    actions.ask_reexamination(by=request.applicant.user, request=request, text="Relisez le bail.")
    request.refresh_from_db()
    look = granted(all_drawn, request).second_look
    assert look.decision.round == 2
    with pytest.raises(Refused, match="voted"):
        actions.confirm_grant(by=all_drawn.chair, look=look)


# The pages --------------------------------------------------------------------------------------------------------


def test_the_reader_sees_the_file_as_blind_as_the_queue_and_frees_the_payment(look, all_drawn, client_of):
    browser = client_of(all_drawn.chair)
    assert "1 aide à relire" in browser.get(reverse("desk")).content.decode()
    address = reverse("second_look_page", args=[look.token])
    listing, page = (browser.get(url).content.decode() for url in (reverse("second_look_list"), address))
    assert "U-2020-0001" in listing and "librairie" in page and "Confirmer" in page
    for hidden in (files.FIRST_NAME, files.LAST_NAME, "École du Nord", "0189", files.PAPER_NAME, "allée"):
        assert hidden not in listing and hidden not in page, hidden
    assert browser.post(address, {"act": "confirm"}).status_code == 302
    assert browser.post(address, {"act": "confirm"}).status_code == 409
    assert "aide à relire" not in browser.get(reverse("desk")).content.decode()


def test_a_doubt_is_sent_back_from_the_page(look, all_drawn, client_of):
    browser = client_of(all_drawn.chair)
    address = reverse("second_look_page", args=[look.token])
    assert browser.post(address, {"act": "report", "reason": "", "note": ""}).status_code == 422
    good = {"act": "report", "reason": "case", "note": "Le cas est celui d’un voyage."}
    assert browser.post(address, good).status_code == 302
    assert SecondLook.objects.get().state == "reported"
    page = client_of(all_drawn.member1).get(address).content.decode()
    assert "À revoir" in page and "voyage." not in page and "Maintenir" not in page


def test_who_voted_reads_why_not_and_finds_no_button(look, all_drawn, client_of):
    address = reverse("second_look_page", args=[look.token])
    page = client_of(all_drawn.member1).get(address).content.decode()
    assert "Vous avez voté sur ce dossier" in page and 'value="confirm"' not in page
    assert client_of(all_drawn.member1).post(address, {"act": "confirm"}).status_code == 403


def test_the_treasurer_reads_that_it_is_in_second_reading_and_cannot_tick_it(look, all_drawn, client_of):
    browser = client_of(all_drawn.treasurer)
    page = browser.get(reverse("treasury_desk")).content.decode()
    assert "En seconde lecture" in page and " disabled>" in page
    order = PaymentOrder.objects.get()
    refused = browser.post(reverse("prepare_batch"), {"orders": [order.pk]})
    assert refused.status_code == 409 and "En seconde lecture" in refused.content.decode()
    actions.confirm_grant(by=all_drawn.chair, look=look)
    assert "En seconde lecture" not in browser.get(reverse("treasury_desk")).content.decode()


def test_the_lists_take_the_same_queries_however_many_are_drawn(all_drawn, file_of, client_of):
    counts: list[list[int]] = []
    for number in (1, 2):
        granted(all_drawn, file_of(number))
        counts.append([])
        for person, name in ((all_drawn.chair, "second_look_list"), (all_drawn.treasurer, "treasury_desk")):
            browser = client_of(person)
            browser.get(reverse(name))
            with CaptureQueriesContext(connection) as queries:
                browser.get(reverse(name))
            counts[-1].append(len(queries))
    assert counts[0] == counts[1]


def test_anybody_reads_the_rule_and_no_secret_seed(db):
    with clock.at(at(date(2020, 5, 15))):
        actions.keep_second_looks()
    with clock.at(at(JUNE)):
        actions.keep_second_looks()
        page = Client().get(reverse("second_look_rule")).content.decode()
    may, june = SecondLookMonth.objects.order_by("month")
    assert may.seed in page and may.commitment in page and june.commitment in page
    assert "paraît le mois fini" in page and june.seed_sealed not in page


def test_the_persons_export_says_that_it_was_read_again_and_not_by_whom(look, all_drawn):
    actions.confirm_grant(by=all_drawn.chair, look=look)
    (told,) = second_looks.told_of(look.decision.request)
    assert told["state"] == "confirmed" and "chair" not in str(told)
    assert Decision.objects.count() == 1
