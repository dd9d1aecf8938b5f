"""A scheme that hangs on the register, and one with rows: from the simulator to the kept draft, and in the terminal."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from aid_requests import actions, progress, sealed
from aid_requests.schemes import dump
from tests.aid_requests.factories import fresh
from tests.aid_requests.test_steps import found, text, url
from tests.stories.schemes.examples import scheme

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("may_2020", "foundation")]

MEALS = {"q-born_on": "15/05/2000", "q-quotient": "350", "q-children-rows": "r1 r2"}
CHILDREN = {
    "q-children-r1-child_born_on": "01/03/2018",
    "q-children-r1-lives_with_you": "yes",
    "q-children-r2-child_born_on": "02/04/2019",
    "q-children-r2-lives_with_you": "no",
}
SHOWN = {"q-shown": "born_on quotient children"}


def opened(slug):
    return actions.load_scheme(by=None, text=dump(scheme(slug)))


def test_a_result_that_hangs_on_the_register_says_so_and_leads_on(client):
    opened("study-from-home")
    address = reverse("eligibility", kwargs={"slug": "study-from-home"})
    typed = {"q-computer": "none", "q-connection": "yes", "q-shown": "computer connection"}
    page = text(client.post(address, typed, follow=True))
    assert "Vous pourriez recevoir jusqu’à" in page and "600" in page
    assert "ce que votre école a inscrit\u00a0: bourse" in page
    assert reverse("account_login") in page
    nothing = text(client.post(address, {**typed, "q-computer": "own"}, follow=True))
    assert "Vous pourriez recevoir" not in nothing
    assert "Vous avez de quoi suivre les cours" in nothing or "boursiers" in nothing


def test_the_simulator_adds_and_drops_rows_without_javascript(client):
    opened("meals")
    address = reverse("eligibility", kwargs={"slug": "meals"})
    one_more = {
        **SHOWN,
        "q-born_on": "15/05/2000",
        "q-quotient": "350",
        "q-children-rows": "",
        "q-row": "add children",
    }
    page = text(client.post(address, one_more))
    assert found(r'name="q-children-rows" value="([^"]*)"', page) == "r1"
    assert 'class="error"' not in page
    page = text(client.post(address, {**SHOWN, **MEALS, **CHILDREN}, follow=True))
    assert found(r'name="q-children-rows" value="([^"]*)"', page) == "r1 r2"
    assert "400" in found(r'class="money xl">([^<]*)<', page)


def test_rows_are_kept_in_the_draft_and_two_tabs_do_not_overwrite_them(browser, student, client_of):
    opened("meals")
    request = actions.start_request(by=student, slug="meals", raw_answers={})
    address = url("situation", request)
    seen = found(r'name="seen" value="([0-9a-f]{16})"', text(browser.get(address)))
    typed = {**SHOWN, **MEALS, **CHILDREN, "seen": seen}
    assert browser.post(address, typed).status_code == 302
    assert len(sealed.answers_of(fresh(request))["children"]) == 2
    assert fresh(request).amount_cents == 40000
    assert not [one for one in progress.open_points(fresh(request)) if one.step == progress.Step.SITUATION]
    page = text(client_of(student).post(address, {**typed, "q-children-rows": "r1"}))
    assert "Cette étape a été changée dans un autre onglet" in page
    assert len(sealed.answers_of(fresh(request))["children"]) == 2
    shown = text(browser.get(address))
    assert 'value="02/04/2019"' in shown and "Retirer\u00a0: Enfant 2" in shown


def test_a_row_button_in_the_draft_keeps_what_is_typed_and_stays(browser, student):
    opened("meals")
    request = actions.start_request(by=student, slug="meals", raw_answers={})
    response = browser.post(
        url("situation", request), {**SHOWN, **MEALS, **CHILDREN, "q-row": "drop children r1"}
    )
    assert response.status_code == 200
    assert found(r'name="q-children-rows" value="([^"]*)"', text(response)) == "r2"
    assert len(sealed.answers_of(fresh(request))["children"]) == 1


def _simulated(tmp_path, slug, answers):
    path = tmp_path / "answers.json"
    path.write_text(json.dumps(answers), encoding="utf-8")
    out = StringIO()
    call_command("simulate_scheme", slug, "--answers", str(path), "--json", stdout=out)
    return json.loads(out.getvalue())


def test_the_terminal_takes_rows_and_register_facts(tmp_path):
    opened("meals")
    child = {"child_born_on": "2018-03-01", "lives_with_you": True}
    found_out = _simulated(
        tmp_path, "meals", {"born_on": "2000-05-15", "quotient": 350, "children": [child, child]}
    )
    assert (found_out["case"], found_out["amount_cents"]) == ("first_tier", 40000)
    opened("study-from-home")
    typed = {"computer": "none", "connection": True}
    found_out = _simulated(tmp_path, "study-from-home", {**typed, "register.scholarship": True})
    assert found_out["amount_cents"] == 60000
    with pytest.raises(CommandError, match="scholarship"):
        _simulated(tmp_path, "study-from-home", typed)
    with pytest.raises(CommandError, match="yes ou no"):
        _simulated(tmp_path, "study-from-home", {**typed, "register.scholarship": "perhaps"})
