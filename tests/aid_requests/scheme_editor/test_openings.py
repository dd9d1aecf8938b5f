"""Before an opening what it risks is told; after it the others read of it on their desks until they have seen it."""

import copy
from uuid import uuid4

import pytest
from django.conf import settings
from django.urls import reverse

from aid_requests import openings, schemes
from aid_requests.actions import load_scheme
from aid_requests.actions import scheme_drafts as actions
from aid_requests.actions.scheme_openings import see_opening
from aid_requests.models import SchemeDraft, SchemeVersion
from aid_requests.scheme_editor.differences import differences
from aid_requests.scheme_editor.stated_amounts import unfounded
from aid_requests.schemes.reading import load_plain
from aid_requests.schemes.writing import to_plain
from fund.models import AuditEvent, RoleGrant, User
from fund.models.people import Role
from fund.roles import Refused
from tests.aid_requests.factories import draft as make_request
from tests.aid_requests.factories import open_scheme

PATH = settings.BASE_DIR / "aid_requests" / "schedules" / "emergency-aid.yaml"
TREE = to_plain(schemes.load(PATH.read_text(encoding="utf-8")))


@pytest.fixture
def version(foundation) -> SchemeVersion:
    return open_scheme()


def draft_of(version: SchemeVersion, people) -> SchemeDraft:
    tree = to_plain(schemes.load(version.definition))
    tree["cases"][0]["amount"] = "200.00"
    return actions.start_draft(by=people.administrator, form_token=uuid4(), tree=tree, based_on=version)


def cautions(tree: dict) -> list[openings.Caution]:
    return openings.cautions(SchemeDraft(tree=tree), load_plain(tree))


def opened(version: SchemeVersion, people) -> SchemeVersion:
    draft = draft_of(version, people)
    return actions.open_draft(by=people.administrator, draft=draft, revision=1, replaces=version.number)


@pytest.fixture
def second(people) -> User:
    """Another administrator."""
    user = User.objects.create_user("second@fondation.example")
    first = RoleGrant.objects.get(user=people.administrator, role=Role.ADMINISTRATOR)
    RoleGrant.objects.create(
        user=user,
        role=Role.ADMINISTRATOR,
        power=first.power,
        granted_by=people.administrator,
        granted_at=first.granted_at,
    )
    return user


def stated(changes: dict[str, str]) -> list[int]:
    tree = copy.deepcopy(TREE)
    for case in tree["cases"]:
        case["amount"] = "200.00"
    tree["summary"] = changes
    return [one.cents for one in unfounded(tree, load_plain(tree)) if one.place == "summary"]


@pytest.mark.parametrize(
    ("fr", "en", "cents"),
    [
        ("Une aide de 200 €.", "An aid of €200.", []),
        ("Une aide de 150 €.", "An aid of €200.", [15_000]),
        ("Une aide de 200 €.", "An aid of €150.", [15_000]),
        ("De 120 à 200 €.", "From €120 to €200.", [12_000, 12_000]),
        ("Jusqu’à 1 250,50 euros.", "Up to €1,250.50.", [125_050, 125_050]),
        ("Pour 2020, 200 € en 6 jours.", "For 2020, €200 in 6 days.", []),
    ],
)
def test_an_amount_that_nothing_gives_is_found_in_both_languages(fr, en, cents):
    assert stated({"fr": fr, "en": en}) == cents


def test_a_cap_below_every_case_is_told(foundation):
    tree = {**copy.deepcopy(TREE), "caps": [{"per": "person", "amount": "149.99"}]}
    said = [one for one in cautions(tree) if "plus bas" in one.sentence]
    assert [one.item for one in said] == ["caps.1"]
    tree["caps"][0]["amount"] = "150.00"
    assert not [one for one in cautions(tree) if "plus bas" in one.sentence]


def test_what_a_case_and_its_parts_add_up_to_is_no_fault():
    path = settings.BASE_DIR / "tests" / "stories" / "schemes"
    for file in sorted(path.glob("*.yaml")):
        scheme = schemes.load(file.read_text(encoding="utf-8"))
        assert unfounded(to_plain(scheme), scheme) == [], file.name


def test_the_shipped_schemes_say_only_what_they_give():
    for file in sorted(PATH.parent.glob("*.yaml")):
        scheme = schemes.load(file.read_text(encoding="utf-8"))
        assert unfounded(to_plain(scheme), scheme) == [], file.name


def test_the_page_shows_amounts_first_then_what_to_look_at(version, people, client_of, student, may_2020):
    make_request(student)
    draft = draft_of(version, people)
    tree = copy.deepcopy(draft.tree)
    for case in tree["cases"]:
        case["amount"] = "200.00"
    tree["title"]["fr"] = "Aide changée"
    draft = actions.save_draft(by=people.administrator, draft=draft, revision=1, tree=tree, place="cadre")
    html = (
        client_of(people.administrator).get(reverse("open_scheme_draft", args=[draft.token])).content.decode()
    )
    assert html.index("Les montants") < html.index("200\u00a0€") < html.index("Le reste")
    assert html.index("Le reste") < html.index("Aide changée", html.index("Le reste"))
    assert "Une phrase annonce 150\u00a0€" in html
    assert "Une demande en cours garde la version 1." in html


def test_a_letter_and_a_pocket_of_another_aid_are_told(version, foundation):
    open_scheme("mobility-aid")
    other = schemes.load(SchemeVersion.objects.get(scheme__slug="mobility-aid").definition)
    tree = {**copy.deepcopy(TREE), "reference_prefix": other.reference_prefix, "pocket": other.pocket}
    said = " ".join(one.sentence for one in cautions(tree))
    assert f"La lettre {other.reference_prefix} est déjà celle de" in said
    assert ("paie déjà" in said) is (other.pocket != "general")
    assert "est déjà celle de" not in " ".join(one.sentence for one in cautions(TREE))
    new = {**copy.deepcopy(TREE), "pocket": "brand-new"}
    assert "n’existe pas encore" in " ".join(one.sentence for one in cautions(new))


def test_the_others_read_of_it_until_they_have_seen_it(version, people, second, client_of):
    made = opened(version, people)
    assert openings.unseen(people.administrator) == []
    for user in (second, people.auditor):
        assert openings.unseen(user) == [made]
        client = client_of(user)
        page = reverse("scheme_version", args=["emergency-aid", made.number])
        assert "Un barème a été ouvert" in client.get(reverse("desk")).content.decode()
        assert "J’ai vu" in client.get(page).content.decode()
        assert openings.unseen(user) == [made]  # looking keeps nothing
        for _time in range(2):
            assert (
                client.post(reverse("scheme_version_seen", args=["emergency-aid", made.number])).status_code
                == 302
            )
        assert "J’ai vu" not in client.get(page).content.decode()
        assert "Un barème a été ouvert" not in client.get(reverse("desk")).content.decode()
    assert AuditEvent.objects.filter(action=openings.SEEN).count() == 2


def test_nobody_else_is_told_and_nobody_else_says_to_have_seen(version, people):
    made = opened(version, people)
    assert openings.unseen(people.member1) == []
    with pytest.raises(Refused):
        see_opening(by=people.member1, version=made)
    see_opening(by=people.administrator, version=made)
    assert not AuditEvent.objects.filter(action=openings.SEEN).exists()


def test_what_the_server_s_terminal_opened_is_on_no_desk(version, people, second):
    assert openings.unseen(second) == []
    load_scheme(by=None, text=version.definition.replace("150.00", "160.00"))
    assert openings.unseen(second) == []


def test_what_comes_or_goes_with_its_euros_is_told_with_them():
    new = copy.deepcopy(TREE)
    gone = new["cases"].pop()
    [difference] = [one for one in differences(TREE, new, "fr") if one.is_amount]
    assert difference.before == f"{gone['label']['fr']}, 150\u00a0€"
