"""The minutes tell what was: whose votes were counted, wherever they were given, and what a vote to put off decided."""

from datetime import timedelta

import pytest
from django.urls import reverse

from aid_requests.committee import actions, permissions
from aid_requests.committee import minutes as papers
from aid_requests.models import Minutes, Vote
from fund import clock
from tests.aid_requests.committee import sitting_files as sittings
from tests.aid_requests.committee.outcome_files import vote
from tests.aid_requests.committee.sitting_files import say, taken

pytestmark = pytest.mark.usefixtures("proved")
END = clock.DEMO_START + timedelta(days=7, minutes=1)


def told_of(minutes: Minutes) -> str:
    blocks = papers.told(papers.open_content(minutes))
    return "\n".join(line for block in blocks for line in (block.text, *block.lines)).replace("\u00a0", " ")


@pytest.fixture
def counted(committee):
    """All votes are counted at the end date."""
    sittings.open_rules(committee.administrator, sittings.AT_END.replace("as_scheme", "allowed"))
    return committee


@pytest.fixture
def early(monkeypatch):
    """Votes as they were taken before any consultation was convened, when nothing kept them back yet."""

    def take(*said) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(permissions, "written_refusal", lambda request: None)
            for member, request, choice in said:
                vote(member, request, choice)

    return take


def test_whoever_voted_before_the_convocation_and_was_counted_voted(counted, file_of, early):
    request = file_of()
    early((counted.member1, request, "grant"), (counted.member2, request, "refuse"))
    sittings.consultation(counted, request)
    vote(counted.chair, request)
    assert Vote.objects.filter(agenda_item=None).count() == 2
    with clock.at(END):
        actions.end_consultations()
    text = told_of(Minutes.objects.get())
    assert "2 pour, 1 contre" in text
    for name, words in (
        ("Chair", "a voté"),
        ("Member1", "a voté"),
        ("Member2", "a voté"),
        ("Member3", "n’a"),
    ):
        assert f"{name}, titulaire : {words}" in text, name


def test_votes_given_before_are_told_where_the_money_was_missing(counted, file_of, early, monkeypatch):
    request = file_of()
    early((counted.member1, request, "grant"), (counted.member2, request, "grant"))
    sittings.consultation(counted, request)
    with clock.at(END), monkeypatch.context() as patch:
        patch.setattr("fund.balances.left_cents", lambda pocket=None: 0)
        actions.end_consultations()
    text = told_of(Minutes.objects.get())
    assert "L’argent manque." in text and "Member1, titulaire : a voté" in text


def test_a_vote_to_put_off_is_told_as_such(ruled, file_of, evening, client_of):
    sitting = sittings.opened(ruled, file_of())
    item = taken(ruled, sitting)
    for member in (ruled.member1, ruled.member2, ruled.chair):
        say(member, item, "adjourn", reason_code="facts")
    fields = {"act": "close_item", "item": item.token}
    address = reverse("sitting_act", args=[sitting.token])
    answer = client_of(ruled.chair).post(address, fields, follow=True)
    assert "rien décidé" not in answer.content.decode()
    actions.close_sitting(by=ruled.chair, sitting=sitting)
    text = told_of(Minutes.objects.get())
    assert "3 pour ajourner : ajournée." in text and "1. U-2020-0001 : ajournée." in text
    assert "rien décidé" not in text and "contre" not in text and "majorité" not in text
    page = client_of(ruled.member2).get(reverse("sitting_page", args=[sitting.token]))
    assert [line.told for line in page.context["lines"]] == ["Ajourné"]


def test_a_consultation_without_enough_votes_decided_nothing(committee, file_of):
    sittings.open_rules(committee.administrator, sittings.WRITING.replace("as_scheme", "allowed"))
    request = file_of()
    sittings.consultation(committee, request)
    vote(committee.member1, request)
    with clock.at(END):
        actions.end_consultations()
    assert "Le vote n’a rien décidé." in told_of(Minutes.objects.get())
