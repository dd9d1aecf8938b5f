"""The editor's pages: what is wrong is said where it stands, nothing typed is lost, and nothing is kept by looking."""

from html import unescape
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from aid_requests import schemes
from aid_requests.actions import scheme_drafts as actions
from aid_requests.models import SchemeDraft, SchemeVersion
from aid_requests.scheme_editor.beginnings import starter
from aid_requests.schemes.writing import to_plain
from tests.aid_requests.factories import ANSWERS, open_scheme
from tests.aid_requests.scheme_editor.pages import Page


@pytest.fixture
def version(foundation) -> SchemeVersion:
    return open_scheme()


@pytest.fixture
def draft(version, people) -> SchemeDraft:
    tree = to_plain(schemes.load(version.definition))
    return actions.start_draft(by=people.administrator, form_token=uuid4(), tree=tree, based_on=version)


@pytest.fixture
def admin(people, client_of) -> Client:
    return client_of(people.administrator)


def item(draft: SchemeDraft, place: str) -> str:
    return reverse("scheme_item", args=[draft.token, place])


def tree_of(draft: SchemeDraft) -> dict:
    draft.refresh_from_db()
    return draft.tree


def test_a_condition_is_built_by_buttons_alone_and_saved_when_asked(admin, draft):
    page = Page(admin, item(draft, "documents.1"))
    page.press("remove when")
    page.press("row when")
    page.fill("when-s", "answer:need")
    page.press("refresh")
    page.fill("when-o", "in")
    page.press("refresh")
    page.fill("when-v", "food")
    page.press("refresh")
    page.fill("when-v", "rent", 1)
    page.press("row when")
    page.fill("when-1-s", "date:requested_on")
    page.press("refresh")
    page.fill("when-1-o", "le")
    page.press("refresh")
    page.fill("when-1-v", "30/04/2020")
    before = tree_of(draft)["documents"][0]["when"]
    assert before == {"answer": "need", "eq": "rent"}  # nothing is saved by the way
    page.press("save")
    assert tree_of(draft)["documents"][0]["when"] == {
        "all": [
            {"answer": "need", "in": ["food", "rent"]},
            {"date": "requested_on", "le": "2020-04-30"},
        ]
    }


def test_a_fault_is_said_at_its_field_and_on_the_drafts_home(admin, draft):
    page = Page(admin, item(draft, "cases.2"))
    page.fill("label.en", "")
    page.fill("amount", "deux cents")
    page.press("save")
    assert "Il manque l’anglais." in Page(admin, item(draft, "cases.2")).html
    home = Page(admin, reverse("scheme_draft", args=[draft.token])).html
    assert "Il manque l’anglais." in home and "Écrivez un montant en euros" in home
    assert tree_of(draft)["cases"][1]["amount"] == "deux cents"


def test_cases_that_overlap_are_told_with_an_example_while_one_types(admin, draft):
    page = Page(admin, item(draft, "cases.2"))
    page.fill("when-v", "internship")
    page.press("refresh")
    assert "conviennent tous deux à une même situation" in page.html
    assert "Mon stage est rompu ou reporté" in page.html
    assert tree_of(draft)["cases"][1]["when"] == {"answer": "cause", "eq": "student_job"}


def test_a_save_from_an_old_page_keeps_what_was_typed_in_sight(admin, draft, people):
    page = Page(admin, item(draft, "doors.1"))
    actions.save_draft(
        by=people.administrator,
        draft=draft,
        revision=1,
        tree={**draft.tree, "pocket": "general"},
        place="cadre",
    )
    data = {one.name: one.value for one in page.forms[-2].controls} | {"label.fr": "Mot tapé trop tard"}
    response = admin.post(item(draft, "doors.1"), {**data, "do": "save"})
    assert response.status_code == 409
    assert "Mot tapé trop tard" in response.content.decode()
    assert "rien n’a été écrasé" in response.content.decode()
    assert tree_of(draft)["doors"][0]["label"]["fr"] != "Mot tapé trop tard"


def test_a_new_code_of_a_question_is_followed_everywhere(admin, draft):
    page = Page(admin, item(draft, "questions.3"))
    page.fill("id", "reason")
    page.press("save")
    tree = tree_of(draft)
    assert tree["cases"][0]["when"] == {"answer": "reason", "eq": "internship"}
    assert schemes.load(schemes.writing.dump_plain(tree)).cases


def test_things_are_moved_and_taken_away(admin, draft):
    page = Page(admin, reverse("scheme_section", args=[draft.token, "portes"]))
    page.press("down doors.1")
    assert [one["code"] for one in tree_of(draft)["doors"]][:2] == ["social_worker", "referent"]
    Page(admin, item(draft, "doors.1")).press("delete")
    assert tree_of(draft)["doors"][0]["code"] == "referent"
    assert "Aucune porte ne s’appelle" in Page(admin, reverse("scheme_draft", args=[draft.token])).html


@pytest.mark.parametrize(
    "place", ["cases.9", "cases.0", "parts", "cases.1.questions.1", "x.1", "cases.1.documents.7"]
)
def test_a_place_that_is_not_there_is_not_found(admin, draft, place):
    assert admin.get(item(draft, place)).status_code == 404


def test_an_empty_form_adds_nothing(admin, draft):
    page = Page(admin, item(draft, "parts.1"))
    page.press("save")
    assert "Rien n’est encore écrit ici." in page.html
    assert "parts" not in tree_of(draft)


def test_the_form_is_played_and_nothing_is_kept(admin, draft, may_2020):
    page = Page(admin, reverse("try_scheme_draft", args=[draft.token]))
    before = SchemeDraft.objects.values().get()
    data = {f"q-{name}": value for name, value in ANSWERS.items()} | {"q-shown": " ".join(ANSWERS)}
    html = admin.post(page.path, {**data, "known.date.requested_on": "15/05/2020"}).content.decode()
    assert "Emploi étudiant arrêté" in html and "150" in html
    assert "mon emploi étudiant s’est arrêté le 16 mars 2020" in html
    assert "La dernière quittance de loyer" in html
    assert SchemeDraft.objects.values().get() == before
    assert "simulator" not in admin.session


def test_a_refusal_in_the_trial_shows_its_doors_as_a_student_reads_them(admin, draft):
    page = Page(admin, reverse("try_scheme_draft", args=[draft.token]))
    data = {f"q-{name}": value for name, value in {**ANSWERS, "enrolled": "no"}.items()}
    html = admin.post(page.path, {**data, "q-shown": " ".join(ANSWERS)}).content.decode()
    rule = next(one for one in draft.tree["eligibility"] if one["refuse_when"].get("answer") == "enrolled")
    doors = [one for one in draft.tree["doors"] if one["code"] in rule["orientation"]]
    assert rule["reason"]["fr"] in unescape(html) and doors
    for door in doors:
        assert door["label"]["fr"] in unescape(html) and door["hint"]["fr"] in unescape(html)


def test_a_form_that_comes_back_waits_for_the_one_before(admin, draft):
    """The script that keeps what is typed meanwhile is tried in a browser (tests/browser/test_editor.py)."""
    html = Page(admin, item(draft, "questions.1")).html
    assert "editor.js" in html
    assert html.count('hx-target="#fiche"') == html.count('hx-sync="closest form:drop"') > 0


def test_a_draft_with_holes_is_not_played(admin, people):
    draft = actions.start_draft(by=people.administrator, form_token=uuid4(), tree=starter())
    html = admin.get(reverse("try_scheme_draft", args=[draft.token])).content.decode()
    assert "quand tout se lira" in html and "Cas" in html


def test_a_draft_is_compared_then_opened_once(admin, draft, version):
    page = Page(admin, item(draft, "cases.1"))
    page.fill("amount", "175,50")
    page.press("save")
    page = Page(admin, reverse("open_scheme_draft", args=[draft.token]))
    assert "150\u00a0€" in page.html and "175,50\u00a0€" in page.html
    data = {one.name: one.value for form in page.forms for one in form.controls}
    assert "1 différence" in page.html or "Une différence" in page.html
    unread = admin.post(page.path, data)
    assert unread.status_code == 200 and "Relisez ce qui change" in unread.content.decode()
    assert SchemeVersion.objects.get(state="open") == version
    assert admin.post(page.path, {**data, "read_again": "on"}).status_code == 302
    assert admin.post(page.path, {**data, "read_again": "on"}).status_code == 409
    made = SchemeVersion.objects.get(state="open")
    assert made.number == 2 and schemes.load(made.definition).cases[0].amount_cents == 17_550
    home = admin.get(reverse("scheme_draft", args=[draft.token]))
    assert home["Location"] == reverse("scheme_version", args=["emergency-aid", 2])


def test_the_file_of_a_draft_is_read_back_as_the_same_scheme(admin, draft, version):
    response = admin.get(reverse("scheme_draft_yaml", args=[draft.token]))
    assert response.content.decode() == schemes.dump(schemes.load(version.definition))
    assert "attachment" in response["Content-Disposition"]
    shown = admin.get(reverse("scheme_version_yaml", args=["emergency-aid", 1]))
    assert shown.content == response.content


def test_a_file_with_faults_is_told_line_by_line_and_its_text_stays(admin, people):
    data = {"form_token": str(uuid4()), "source": "yaml", "text": "grammar: 1\nslug: Été\n"}
    html = admin.post(reverse("new_scheme_draft"), data).content.decode()
    assert "ligne 2, slug" in html and "slug: Été" in html
    assert not SchemeDraft.objects.exists()


def test_a_good_file_becomes_a_draft(admin, version):
    text = version.definition.replace("slug: emergency-aid", "slug: other-aid")
    data = {"form_token": str(uuid4()), "source": "yaml", "text": text}
    assert admin.post(reverse("new_scheme_draft"), data).status_code == 302
    assert SchemeDraft.objects.get().tree["slug"] == "other-aid"


def test_a_second_draft_of_a_scheme_leads_to_the_first(admin, draft, version):
    data = {"form_token": str(uuid4()), "source": "copy", "version": version.pk}
    response = admin.post(reverse("new_scheme_draft"), data)
    assert response["Location"] == reverse("scheme_draft", args=[draft.token])
    assert SchemeDraft.objects.count() == 1


def test_a_version_is_read_in_plain_sentences(draft, client_of, people):
    html = (
        client_of(people.member1).get(reverse("scheme_version", args=["emergency-aid", 1])).content.decode()
    )
    assert "Depuis quelle date\u00a0» au plus tard le jour de la demande" in html
    assert "Qu’est-ce qui a changé pour vous\u00a0» = Mon stage est rompu ou reporté" in html
    assert reverse("new_scheme_draft") not in html


def test_hostile_words_stay_words(admin, draft):
    page = Page(admin, item(draft, "doors.1"))
    page.fill("label.fr", "<script>alert(1)</script>")
    page.press("save")
    for address in (item(draft, "doors.1"), reverse("scheme_section", args=[draft.token, "portes"])):
        assert "<script>alert" not in admin.get(address).content.decode()
    forged = {"revision": "x", "do": "save", "label.fr": "x"}
    assert admin.post(item(draft, "doors.1"), forged).status_code == 404


def test_every_page_stays_under_100_kilobytes(admin, draft):
    for place in ("questions.5", "cases.1", "eligibility.1"):
        assert len(admin.get(item(draft, place)).content) < 60_000
    for section in ("cadre", "questions", "cas", "declarer"):
        assert len(admin.get(reverse("scheme_section", args=[draft.token, section])).content) < 60_000


def test_an_administrators_desk_tells_of_drafts_that_cannot_be_opened_yet(admin, draft, people, client_of):
    line = "barème en brouillon est à revoir"
    assert line not in admin.get(reverse("desk")).content.decode()
    actions.save_draft(by=people.administrator, draft=draft, revision=1, tree={"slug": "x"}, place="cadre")
    assert line in admin.get(reverse("desk")).content.decode()
    assert line not in client_of(people.auditor).get(reverse("desk")).content.decode()


def test_an_unfinished_draft_is_exported_and_brought_back_as_it_was(admin, people):
    tree = {**starter(), "cases": [{"code": "half", "when": {"answer": "enrolled"}}], "slug": "Été !"}
    first = actions.start_draft(by=people.administrator, form_token=uuid4(), tree=tree)
    text = admin.get(reverse("scheme_draft_yaml", args=[first.token])).content.decode()
    data = {"form_token": str(uuid4()), "source": "yaml", "text": text}
    html = admin.post(reverse("new_scheme_draft"), data).content.decode()
    assert "Commencer quand même" in html and "points à corriger dans le texte" in html
    assert SchemeDraft.objects.count() == 1
    assert admin.post(reverse("new_scheme_draft"), {**data, "as_it_is": "on"}).status_code == 302
    assert SchemeDraft.objects.exclude(pk=first.pk).get().tree == first.tree


@pytest.mark.parametrize(
    "text",
    [
        "grammar: 1\nquestions: none\ncases: [a, {code: [x], when: no, label: no}]\ndelays: 3\n",
        "questions:\n- {id: {a: b}, options: {x: y}, kind: choice}\notherwise: [1]\nx: {y: z}\n",
    ],
)
def test_a_file_of_another_shape_breaks_no_page(admin, people, text):
    data = {"form_token": str(uuid4()), "source": "yaml", "text": text, "as_it_is": "on"}
    assert admin.post(reverse("new_scheme_draft"), data).status_code == 302
    draft = SchemeDraft.objects.get()
    for address in (
        reverse("scheme_draft", args=[draft.token]),
        reverse("scheme_section", args=[draft.token, "cas"]),
        reverse("scheme_section", args=[draft.token, "cadre"]),
        item(draft, "cases.1"),
    ):
        assert admin.get(address).status_code in (200, 404)


def test_a_new_code_of_an_answer_is_followed_everywhere(admin, draft):
    place = next(n for n, one in enumerate(draft.tree["questions"], 1) if one["id"] == "cause")
    page = Page(admin, item(draft, f"questions.{place}"))
    number = next(
        n
        for n, one in enumerate(draft.tree["questions"][place - 1]["options"], 1)
        if one["value"] == "internship"
    )
    page.fill(f"options.{number}.value", "traineeship")
    page.press("save")
    tree = tree_of(draft)
    assert tree["cases"][0]["when"] == {"answer": "cause", "eq": "traineeship"}
    assert schemes.load(schemes.writing.dump_plain(tree)).cases


def test_taking_away_a_question_in_use_is_warned_of(admin, draft):
    place = next(n for n, one in enumerate(draft.tree["questions"], 1) if one["id"] == "cause")
    html = unescape(Page(admin, item(draft, f"questions.{place}")).html)
    assert "il faudra y revenir" in html and draft.tree["cases"][0]["label"]["fr"] in html
    assert "il faudra y revenir" not in Page(admin, item(draft, "doors.1")).html


def test_two_drafts_of_one_address_are_told_at_once(admin, people, version):
    for _time in range(2):
        actions.start_draft(by=people.administrator, form_token=uuid4(), tree={**starter(), "slug": "same"})
    for one in SchemeDraft.objects.all():
        html = admin.get(reverse("scheme_section", args=[one.token, "cadre"])).content.decode()
        assert "un seul pourra ouvrir" in html
    tree = {**to_plain(schemes.load(version.definition)), "slug": "twin", "reference_prefix": "Z"}
    for _time in range(2):
        actions.start_draft(by=people.administrator, form_token=uuid4(), tree=tree)
    html = admin.get(reverse("scheme_list")).content.decode()
    assert html.count("Adresse déjà prise") == 2 and "Prêt à ouvrir" not in html


def test_words_typed_while_the_draft_was_opened_stay_on_the_page(admin, draft, people):
    page = Page(admin, item(draft, "doors.1"))
    tree = {**draft.tree, "cases": [{**one, "amount": "151.00"} for one in draft.tree["cases"]]}
    actions.save_draft(by=people.administrator, draft=draft, revision=1, tree=tree, place="cas")
    actions.open_draft(by=people.administrator, draft=draft, revision=2, replaces=1)
    data = {one.name: one.value for one in page.forms[-2].controls} | {"label.fr": "Mot tapé trop tard"}
    response = admin.post(item(draft, "doors.1"), {**data, "do": "save"})
    html = response.content.decode()
    assert response.status_code == 409 and "Mot tapé trop tard" in html and "déjà ouvert" in html


def test_the_trial_names_what_it_waits_for(admin, draft, people):
    tree = {**draft.tree}
    tree["cases"] = [
        {**one, "when": {"all": [one["when"], {"register": "level", "eq": "M1"}]}} for one in tree["cases"]
    ]
    draft = actions.save_draft(by=people.administrator, draft=draft, revision=1, tree=tree, place="cas")
    page = reverse("try_scheme_draft", args=[draft.token])
    data = {f"q-{name}": value for name, value in ANSWERS.items()} | {"q-shown": " ".join(ANSWERS)}
    data["known.date.requested_on"] = "15/05/2020"
    assert "Il manque une valeur" in admin.post(page, data).content.decode()
    assert (
        "Il manque une valeur"
        not in admin.post(page, {**data, "known.register.level": "M1"}).content.decode()
    )


def test_what_cannot_be_said_is_told_where_one_writes(admin, draft):
    for address in (item(draft, "cases.1"), item(draft, "caps.1"), item(draft, "questions.1")):
        assert "ne sait pas dire, et comment faire" in admin.get(address).content.decode()
    assert "ne sait pas dire" not in admin.get(item(draft, "doors.1")).content.decode()
    guide = (settings.BASE_DIR / "docs" / "guides" / "administrateur.md").read_text(encoding="utf-8")
    shown = (
        settings.BASE_DIR / "aid_requests" / "templates" / "aid_requests" / "_scheme_limits.html"
    ).read_text(encoding="utf-8")
    for line in guide[guide.index("| on voudrait dire") :].splitlines()[2:7]:
        written = line.split("|")[2].strip().replace("« ", "«\u00a0").replace(" »", "\u00a0»")
        assert written in shown
