"""One vote on many files: what was listed is what is voted on, each under its own lock, or left as it was (C1)."""

import uuid

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aid_requests.committee import actions, queries
from aid_requests.committee.actions import vote_batches as runs
from aid_requests.committee.vote_batches import Listed, listed_of, progress_of
from aid_requests.models import AidRequest, Decision, Vote, VoteBatch, VoteBatchItem
from fund import clock, vault
from fund.models import AuditEvent, RoleGrant
from fund.roles import Refused
from tests.aid_requests.committee import factories
from tests.aid_requests.committee.outcome_files import vote
from tests.aid_requests.committee.queue_files import batch_of

pytestmark = pytest.mark.usefixtures("proved")


def work(batch: VoteBatch) -> dict[str, str]:
    """Reference → outcome, once the worker has done all of it."""
    assert runs.carry_on.call(batch.pk) == "finished"
    rows = batch.items.select_related("request").order_by("position")
    return {row.request.reference: row.outcome for row in rows}


def refused(act, *args: object, **values: object) -> str:
    with pytest.raises(Refused) as told:
        act(*args, **values)
    return told.value.refusal.code


@pytest.fixture
def member(committee, client_of):
    return client_of(committee.member1)


def test_each_file_listed_gets_the_vote_and_the_last_vote_decides(committee, file_of):
    one, two = file_of(1), file_of(2)
    vote(committee.chair, two)
    batch = batch_of(committee.member1, [one, two])
    assert work(batch) == {"U-2020-0001": "voted", "U-2020-0002": "decided"}
    assert Decision.objects.get().request == two
    batch.refresh_from_db()
    assert batch.finished_at is not None
    event = AuditEvent.objects.get(action="vote_batch.finished")
    assert event.details == {"outcomes": {"voted": 1, "decided": 1}}


def test_a_refusal_carries_its_reason_to_each(committee, file_of):
    files = [file_of(1), file_of(2)]
    work(batch_of(committee.member1, files, "refuse", "not_covered"))
    assert set(Vote.objects.values_list("choice", "reason_code")) == {("refuse", "not_covered")}


def test_a_file_that_changed_is_left_untouched_with_its_sentence(committee, file_of):
    changed, decided, mine, recused, kept = (file_of(number) for number in range(1, 6))
    batch = batch_of(committee.member1, [changed, decided, mine, recused, kept])
    factories.change_file(changed, committee.referent)
    for voter in (committee.member2, committee.chair):
        vote(voter, decided)
    vote(committee.member1, mine)
    actions.recuse(by=committee.member1, request=recused, ground="personal_tie")
    assert list(work(batch).values()) == ["left", "left", "left", "left", "voted"]
    said = list(batch.items.order_by("position").values_list("said", flat=True))
    assert [sentence.partition("\u00a0")[0] for sentence in said] == [
        "Le dossier a changé pendant votre lecture",
        "La décision est déjà prise",
        "Vous avez déjà voté sur ce dossier.",
        "Vous vous êtes déporté·e de ce dossier",
        "",
    ]
    assert not Vote.objects.filter(request=changed).exists()


def test_without_the_money_the_rest_is_left_and_the_waiting_vote_is_not(committee, file_of):
    """1 000 € and seven files of 150 €: six are granted, the seventh is not kept."""
    files = [file_of(number) for number in range(1, 8)]
    work(batch_of(committee.chair, files))
    outcomes = work(batch_of(committee.member1, files))
    assert sorted(outcomes.values()) == ["decided"] * 6 + ["left"]
    assert "attendra le prochain don" in VoteBatchItem.objects.get(outcome="left").said
    assert Decision.objects.count() == 6 and Vote.objects.filter(member=committee.member1).count() == 6


def test_a_killed_worker_resumes_and_votes_nothing_twice(committee, file_of, monkeypatch):
    files = [file_of(number) for number in range(1, 4)]
    batch = batch_of(committee.member1, files)
    save, calls = VoteBatchItem.save, []

    def die_on_the_second(item, *args, **kwargs):
        calls.append(item.pk)
        if len(calls) == 2:
            raise KeyboardInterrupt
        save(item, *args, **kwargs)

    monkeypatch.setattr(VoteBatchItem, "save", die_on_the_second)
    with pytest.raises(KeyboardInterrupt):
        runs.carry_on.call(batch.pk)
    monkeypatch.undo()
    assert Vote.objects.count() == 1, "the vote of the file under way went back with its item"
    assert list(work(batch).values()) == ["voted"] * 3
    assert work(batch) and Vote.objects.count() == 3
    assert AuditEvent.objects.filter(action="vote_batch.finished").count() == 1


def test_one_file_that_cannot_be_read_does_not_hold_up_the_others(committee, file_of, caplog):
    broken, whole = file_of(1), file_of(2)
    vote(committee.chair, broken), vote(committee.chair, whole)
    batch = batch_of(committee.member1, [broken, whole])
    vault.erase_subject(broken.applicant.subject_key)
    assert list(work(batch).values()) == ["left", "decided"]
    assert "Erased" in caplog.text and factories.LAST_NAME not in caplog.text


def test_a_member_who_leaves_meanwhile_votes_on_nothing_more(committee, file_of):
    batch = batch_of(committee.member1, [file_of(1), file_of(2)])
    runs.take_item(batch.pk)
    RoleGrant.objects.filter(user=committee.member1).update(revoked_at=clock.moment())
    assert list(work(batch).values()) == ["voted", "left"]


def test_the_same_form_twice_is_one_batch(committee, file_of):
    file, token = file_of(), uuid.uuid4()
    first = batch_of(committee.member1, [file], form_token=token)
    assert batch_of(committee.member1, [file], form_token=token) == first
    assert VoteBatch.objects.count() == 1


def test_what_cannot_be_voted_so_is_refused_before_anything_is_kept(committee, file_of, monkeypatch):
    file = file_of()
    assert refused(batch_of, committee.member1, [file], "refuse") == "reason"
    assert refused(batch_of, committee.member1, [file], "redirect") == "choice"
    assert refused(batch_of, committee.member1, []) == "empty"
    assert refused(batch_of, committee.treasurer, [file]) == "role"
    assert refused(batch_of, committee.member3, [file]) == "empty"  # of the same school: it does not exist
    monkeypatch.setattr(runs, "MOST", 1)
    assert refused(batch_of, committee.member1, [file, file_of(2)]) == "too_many"
    assert not VoteBatch.objects.exists()


def test_what_was_confirmed_never_changes(committee, file_of):
    batch = batch_of(committee.member1, [file_of()])
    work(batch)
    changes = [
        lambda: VoteBatch.objects.update(choice="refuse", reason_code="not_covered"),
        lambda: VoteBatch.objects.update(finished_at=None),
        lambda: VoteBatchItem.objects.update(revision=2),
        lambda: VoteBatchItem.objects.update(outcome="waiting", done_at=None),
    ]
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_each_file_costs_the_same_number_of_statements(committee, file_of):
    batch = batch_of(committee.member1, [file_of(number) for number in range(1, 7)])
    costs = []
    for _item in range(6):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            runs.take_item(batch.pk)
        costs.append(len(asked))
    assert len(set(costs[1:])) == 1, costs


# The pages -----------------------------------------------------------------------------------------------------------


def listed(member, *files: AidRequest, **data: str):
    values = {"files": [str(file.token) for file in files], "choice": "grant", **data}
    return member.post(reverse("list_votes"), values)


def confirm(member, *files: AidRequest, **data: str):
    text = ",".join(map(str, listed_of(files)))
    values = {"listed": text, "choice": "grant", "form_token": str(uuid.uuid4()), **data}
    return member.post(reverse("cast_votes"), values)


@pytest.mark.parametrize("place", [1, 2, 3])
@pytest.mark.parametrize("number", ["-1", "0", "32768", "1" * 20, "1" * 5000, "x"])
def test_a_list_that_was_tampered_with_is_no_list(committee, file_of, member, place, number):
    parts = str(listed_of([file_of()])[0]).split(":")
    parts[place] = number
    response = confirm(member, listed=":".join(parts))
    assert response.status_code == 302 and not VoteBatch.objects.exists()
    shown = member.get(response.url).content.decode()
    assert "Cette liste est abîmée" in shown


def test_the_form_of_another_member_is_no_way_to_a_batch(committee, file_of, member):
    file, token = file_of(), uuid.uuid4()
    first = batch_of(committee.chair, [file], form_token=token)
    response = confirm(member, file, form_token=str(token))
    assert response.status_code == 422 and "Cette liste est abîmée" in response.content.decode()
    assert VoteBatch.objects.get() == first and first.by == committee.chair


def test_the_confirmation_lists_each_file_the_sum_and_what_would_be_left(committee, file_of, member):
    one, two, _other = file_of(1), file_of(2), file_of(3)
    text = listed(member, one, two).content.decode()
    assert "Vous allez voter sur 2 dossiers" in text and "U-2020-0003" not in text
    assert text.count("150,00\u00a0€") == 2 and "300,00\u00a0€" in text and "700,00\u00a0€" in text
    assert ",".join(map(str, listed_of([one, two]))) in text
    refusal = listed(member, one, choice="refuse", reason_code="not_covered").content.decode()
    assert "Je refuse" in refusal and "n’entre dans aucun des cas" in refusal
    assert not VoteBatch.objects.exists() and not Vote.objects.exists()


def test_what_does_not_wait_for_this_vote_is_not_in_the_list(committee, file_of, member, client_of):
    one, voted = file_of(1), file_of(2)
    vote(committee.member1, voted)
    text = listed(member, one, voted).content.decode()
    assert "Vous allez voter sur 1 dossier" in text and "1 dossier coché n’attend pas votre vote" in text
    assert listed(member, voted).url == reverse("request_queue")
    assert listed(member).url == reverse("request_queue")
    assert member.post(reverse("list_votes"), {"files": ["x", "1"], "choice": "grant"}).status_code == 302
    assert listed(client_of(committee.member3), one).status_code == 302  # of the same school


def test_all_of_a_filtered_list_can_be_listed(committee, file_of, member):
    for number in range(1, 4):
        file_of(number)
    text = member.post(reverse("list_votes"), {"all": "1", "everything": "reference=0002", "choice": "grant"})
    assert "U-2020-0002" in text.content.decode() and "U-2020-0001" not in text.content.decode()
    text = member.post(
        reverse("list_votes"), {"all": "1", "everything": "", "choice": "grant"}
    ).content.decode()
    assert "Vous allez voter sur 3 dossiers" in text


def test_a_missing_choice_or_reason_is_asked_on_the_same_list(committee, file_of, member):
    file = file_of()
    for data, said in (
        ({"choice": ""}, "Choisissez votre vote."),
        ({"choice": "refuse"}, "Choisissez le motif du refus"),
        ({"choice": "redirect"}, "Choisissez votre vote."),
    ):
        for response in (listed(member, file, **data), confirm(member, file, **data)):
            assert response.status_code == 422
            text = response.content.decode()
            assert said in text and "U-2020-0001" in text and '<select name="choice"' in text
    assert not VoteBatch.objects.exists()


def test_confirming_leads_to_the_progress_then_to_what_was_left(committee, file_of, member, client_of):
    one, two = file_of(1), file_of(2)
    response = confirm(member, one, two)
    batch = VoteBatch.objects.get()
    assert response.url == reverse("vote_batch", args=[batch.token])
    going = member.get(response.url).content.decode()
    assert "0 sur 2" in going and "hx-get" in going
    assert (
        "Vos votes sur plusieurs dossiers sont en cours."
        in member.get(reverse("request_queue")).content.decode()
    )
    factories.change_file(two, committee.referent)
    work(batch)
    state = member.get(reverse("vote_batch_state", args=[batch.token]))
    assert state["HX-Refresh"] == "true" and "hx-get" not in state.content.decode()
    done = member.get(response.url).content.decode()
    assert "Le dossier a changé pendant votre lecture" in done and "U-2020-0002" in done
    for other in (committee.member2, committee.chair):
        assert client_of(other).get(response.url).status_code == 404


def test_a_broken_list_is_told_and_nothing_is_kept(committee, file_of, member):
    file = file_of()
    for text in ("x", f"{file.token}:1", f"{file.token}:a:1", ""):
        assert confirm(member, file, listed=text).status_code in (302, 422)
    assert not VoteBatch.objects.exists()
    with pytest.raises(ValueError, match="UUID"):
        Listed.read("x:1:1")


def test_listing_asks_a_constant_number_of_queries(committee, file_of, member):
    def cost(files: list[AidRequest]) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert listed(member, *files).status_code == 200
        return len(asked)

    files = [file_of(number) for number in range(1, 3)]
    cost(files)
    few = cost(files)
    files += [file_of(number) for number in range(3, 9)]
    assert cost(files) == few
    batch = batch_of(committee.member1, files)
    assert progress_of(batch).counts == {"waiting": 8}
    assert queries.waiting_count(committee.member1) == 8
