"""Team pages: proposed by anyone, shown once read, changed without losing what was approved; totals of the fund."""

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from donations import teams
from donations.actions import Words, moderate_words
from donations.actions import teams as acts
from donations.actions.teams import TeamWords
from donations.models import Gift, Team, TeamText
from fund import chart, clock
from fund.models import Movement, OutgoingMail, Pocket, User
from fund.roles import Refused
from fund.workflow import AlreadyDone, WrongState
from reports.figures import net_by_subject
from tests.conftest import make_user
from tests.donations.factories import (
    dispute_of,
    event,
    invoice_of,
    make_gift,
    monthly_session_of,
    refund_of,
    take_event,
)
from tests.donations.sponsors import given, given_by_company
from tests.donations.team_pages import WORDS, make_team, propose_words, proposed_team
from tests.donations.test_pledging import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_may", "foundation", "proved")]


@pytest.fixture
def in_may():
    with clock.at(clock.DEMO_START):
        yield


@pytest.fixture
def maker(db) -> User:
    return make_user("ancienne_eleve", "alumni.example")


@pytest.fixture
def team(people, pocket, maker) -> Team:
    return make_team(people, pocket, by=maker)


def status_of(client, name: str, team: Team) -> int:
    return client.get(reverse(name, args=[team.slug])).status_code


def give_many(pocket: Pocket, team: Team, *cents: int) -> list[Gift]:
    return [
        given(pocket, amount, team=team, email=f"d{number}@example.org")
        for number, amount in enumerate(cents)
    ]


def test_a_proposal_is_nobodys_business_but_its_makers_until_it_was_read(
    client, client_of, people, pocket, maker
):
    team = proposed_team(maker, pocket)
    assert (team.state, team.slug) == ("proposed", "le-club-dessai")
    assert status_of(client, "team_page", team) == 404
    assert status_of(client_of(maker), "change_team", team) == 200
    assert status_of(client_of(people.communication), "change_team", team) == 404
    acts.open_team(by=people.communication, team=team, read=WORDS.fingerprint)
    page = words(client.get(reverse("team_page", args=[team.slug])))
    assert "Nous courons." in page and "Chaque tour compte." in page
    assert f'href="/don/?equipe={team.slug}"' in page
    mail = OutgoingMail.objects.get()
    assert mail.subject == "Votre page d’équipe", "nothing of the decision is in the subject"


def test_the_same_proposal_twice_is_one_page_and_the_name_of_another_gets_its_own_address(
    pocket, maker, people
):
    assert proposed_team(maker, pocket) == proposed_team(maker, pocket)
    other = proposed_team(people.member1, pocket)
    assert other.slug == "le-club-dessai-2"


def test_one_person_has_few_proposals_waiting(pocket, maker):
    for number in range(teams.MOST_PROPOSALS):
        proposed_team(maker, pocket, replace(WORDS, name=f"Club {number}"))
    with pytest.raises(Refused) as caught, transaction.atomic():
        proposed_team(maker, pocket, replace(WORDS, name="Encore un club"))
    assert caught.value.refusal.code == "too_many"


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Proposer", "equipe-proposer"),
        ("Fondation", "equipe-fondation"),
        ("نادي", "equipe"),
        ("<b>Éric</b> & Cie", "bericb-cie"),
        ("a" * 80, "a" * 50),
    ],
)
def test_an_address_is_safe_and_never_one_of_ours(pocket, maker, name, slug):
    assert proposed_team(maker, pocket, replace(WORDS, name=name)).slug == slug


def test_what_was_changed_meanwhile_is_not_approved_unread(people, pocket, maker):
    team = proposed_team(maker, pocket)
    acts.change_team(by=maker, team=team, words=replace(WORDS, story="Tout autre chose."))
    with pytest.raises(WrongState), transaction.atomic():
        acts.open_team(by=people.communication, team=team, read=WORDS.fingerprint)
    team.refresh_from_db()
    assert (team.state, team.story) == ("proposed", "Tout autre chose.")


def test_new_words_wait_beside_those_that_were_approved(client, people, team):
    text = propose_words(team, name="Le club nage", goal_cents=50_000)
    shown = words(client.get(reverse("team_page", args=[team.slug])))
    assert "Nous courons." in shown and "Nous nageons." not in shown
    acts.approve_text(by=people.communication, text=text)
    team.refresh_from_db()
    assert (team.name, team.story, team.goal_cents) == ("Le club nage", "Nous nageons.", 50_000)
    with pytest.raises(AlreadyDone), transaction.atomic():
        acts.approve_text(by=people.communication, text=text)


def test_newer_words_replace_those_that_wait_and_the_old_ones_cannot_be_approved(people, team):
    first = propose_words(team)
    second = propose_words(team, story="Nous volons.")
    first.refresh_from_db()
    assert (first.state, second.state) == ("replaced", "waiting")
    with pytest.raises(WrongState), transaction.atomic():
        acts.approve_text(by=people.communication, text=first)
    assert propose_words(team, story="Nous volons.") == second, "the same words again change nothing"


def test_refused_words_leave_the_page_and_tell_why(client_of, people, team, maker):
    text = propose_words(team)
    acts.refuse_text(by=people.communication, text=text, because="Une personne s’y reconnaît.")
    team.refresh_from_db()
    assert team.story == WORDS.story
    assert "Une personne s’y reconnaît." in words(
        client_of(maker).get(reverse("change_team", args=[team.slug]))
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        TeamText.objects.filter(pk=text.pk).update(refused_because="")


def test_a_hidden_page_is_gone_and_comes_back_when_it_was_read_again(client, client_of, people, team, maker):
    acts.hide_team(by=people.communication, team=team, because="Ce nom prête à confusion.")
    assert status_of(client, "team_page", team) == 404
    assert team.name not in words(client.get(reverse("team_list")))
    page = words(client_of(maker).get(reverse("change_team", args=[team.slug])))
    assert "Ce nom prête à confusion." in page
    acts.open_team(by=people.communication, team=team, read=WORDS.fingerprint)
    assert status_of(client, "team_page", team) == 200


def test_nobody_reads_his_own_page_and_only_communication_reads(people, pocket, maker):
    own = proposed_team(people.communication, pocket)
    for by, code in ((people.communication, "own_page"), (people.treasurer, "role"), (maker, "role")):
        with pytest.raises(Refused) as caught, transaction.atomic():
            acts.open_team(by=by, team=own, read=WORDS.fingerprint)
        assert caught.value.refusal.code == code


def test_the_maker_ends_the_collection_and_the_page_stays(client, client_of, team, maker, people):
    with pytest.raises(Refused), transaction.atomic():
        acts.close_team(by=people.treasurer, team=team)
    assert client_of(maker).post(reverse("close_team", args=[team.slug])).status_code == 302
    page = words(client.get(reverse("team_page", args=[team.slug])))
    assert "Cette collecte est terminée." in page and "?equipe=" not in page


def test_totals_are_the_funds_own_and_told_from_five_donors_on(client, people, pocket, team):
    gifts = give_many(pocket, team, 1_000, 2_000, 3_000, 4_000)
    gifts += [given(pocket, 5_000, team=team, email="d0@example.org")]  # five gifts, of four donors
    page = words(client.get(reverse("team_page", args=[team.slug])))
    assert "La somme paraîtra à partir de cinq donateurs" in page and "150 €" not in page.split("<footer")[0]
    gifts += [given(pocket, 1_000, team=team, email="d4@example.org")]
    given(pocket, 9_000, email="sans@example.org")
    take_event(event("refund.created", refund_of(gifts[0], "re_1", 400)))
    take_event(event("charge.dispute.created", dispute_of(gifts[1], "du_1", 500)))
    take_event(event("charge.dispute.closed", dispute_of(gifts[2], "du_2", 700, "lost")))
    totals = teams.team_totals(team)
    assert totals == teams.TeamTotals(16_000 - 400 - 700, 6, 5)
    nets = net_by_subject(Movement.objects.filter(subject_kind="gift"), [chart.GIFTS, chart.COMPANY_GIFTS])
    assert totals.raised_cents == -sum(nets["gift", str(gift.pk)] for gift in gifts)
    page = words(client.get(reverse("team_page", args=[team.slug])))
    assert "149 €" in page and 'width="14.90%"' in page and "soit 14 %" in page
    take_event(event("refund.created", refund_of(gifts[3], "re_2", 4_000)))
    assert not teams.PublicTeam(team, teams.team_totals(team)).tells_amounts


def test_totals_of_many_teams_take_one_query(people, pocket, team, maker, django_assert_num_queries):
    other = make_team(people, pocket, by=maker, words=replace(WORDS, name="Autre club"))
    given(pocket, 1_000, team=team)
    given_by_company(pocket, 2_000)
    with django_assert_num_queries(1):
        found = teams.totals_of([team, other])
    assert (found[team.pk].raised_cents, found[other.pk]) == (1_000, teams.TeamTotals())


def test_each_month_and_a_second_payment_count_for_the_team(pocket, team):
    first = make_gift(pocket, team=team, rhythm="monthly", amount_cents=1_500)
    take_event(event("checkout.session.completed", monthly_session_of(first)))
    take_event(event("invoice.paid", invoice_of(first, "in_1")))
    take_event(event("invoice.paid", invoice_of(first, "in_2")))
    once = given(pocket, 2_000, team=team, email="deux@example.org")
    from_two = event("payment_intent.succeeded", second_payment_of(once))
    take_event(from_two)
    assert teams.team_totals(team) == teams.TeamTotals(2 * 1_500 + 2 * 2_000, 4, 2)


def second_payment_of(gift: Gift) -> dict:
    return {
        "id": "pi_second",
        "object": "payment_intent",
        "amount": gift.amount_cents,
        "amount_received": gift.amount_cents,
        "currency": "eur",
        "metadata": {"gift": gift.reference, "attempt": "2"},
        "status": "succeeded",
    }


def test_words_are_shown_with_the_amounts_and_without_a_month(client, people, pocket, team):
    for number in range(5):
        gift = given(
            pocket, 1_000, team=team, email=f"w{number}@example.org", words=Words(f"Nom {number}", "Bravo")
        )
        moderate_words(by=people.communication, words=gift.words, decision="approve")
        shown = teams.words_of_team(teams.PublicTeam(team, teams.team_totals(team)))
        assert len(shown) == (5 if number == 4 else 0)
    assert {word.month for word in shown} == {None}
    assert "Nom 3" in words(client.get(reverse("team_page", args=[team.slug])))


def test_what_turns_the_reading_is_taken_out_and_nothing_is_markup(client_of, client, people, pocket, maker):
    sent = {
        "name": "Le\u202e club  <b>",
        "story": "Un\u200b texte <script>x</script>\r\n\r\nDeux",
        "goal": "1 500",
        "pocket": "general",
        "school": "",
    }
    assert client_of(maker).post(reverse("propose_team"), sent).status_code == 302
    team = Team.objects.get()
    assert (team.name, team.goal_cents) == ("Le club <b>", 150_000)
    assert team.story == "Un texte <script>x</script>\n\nDeux"
    acts.open_team(by=people.communication, team=team, read=acts.words_of(team).fingerprint)
    page = client.get(reverse("team_page", args=[team.slug])).content.decode()
    assert "<script>x" not in page and "<b></bdi>" not in page
    assert '<meta property="og:title" content="Le club &lt;b&gt;">' in page


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"name": "  "}, "Écrivez le nom de l’équipe."),
        ({"name": "ab"}, "Écrivez un nom de trois lettres au moins."),
        ({"story": "\u200b"}, "Écrivez quelques phrases."),
        ({"goal": "99,99"}, "L’objectif va de 100 € à 1 000 000 €."),
        ({"goal": "beaucoup"}, "Écrivez un montant en euros, par exemple 20 ou 12,50."),
        ({"pocket": "autre"}, "Sélectionnez un choix valide"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(client_of, pocket, maker, values, sentence):
    sent = {
        "name": "Le club d’essai",
        "story": "Nous courons.",
        "goal": "1500",
        "pocket": "general",
        **values,
    }
    answer = client_of(maker).post(reverse("propose_team"), sent)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert not Team.objects.exists()


def test_communication_reads_decides_and_says_why_on_one_page(client_of, people, pocket, maker, team):
    browser = client_of(people.communication)
    waiting = proposed_team(maker, pocket, replace(WORDS, name="Autre club"))
    text = propose_words(team)
    page = words(browser.get(reverse("team_moderation")))
    assert "Autre club" in page and "Nous nageons." in page
    where = reverse("moderate_team", args=[waiting.pk])
    answer = browser.post(where, {"decision": "hide", "because": " "}, follow=True)
    assert "Écrivez la raison : l’équipe la lira." in words(answer)
    answer = browser.post(where, {"decision": "open", "read": "autre"}, follow=True)
    assert "relisez-le" in words(answer)
    browser.post(where, {"decision": "open", "read": acts.words_of(waiting).fingerprint})
    browser.post(reverse("moderate_team_text", args=[text.pk]), {"decision": "refuse", "because": "Non."})
    waiting.refresh_from_db()
    text.refresh_from_db()
    assert (waiting.state, text.state, text.refused_because) == ("open", "refused", "Non.")
    assert teams.waiting_count() == 0
    assert TeamWords(waiting.name, waiting.story, waiting.goal_cents).name == "Autre club"
