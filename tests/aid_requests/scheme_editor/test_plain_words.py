"""The editor's faults speak the words of its pages; what is still being written is no fault."""

import copy
import re
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from aid_requests import schemes
from aid_requests.actions import scheme_drafts as actions
from aid_requests.models import SchemeDraft
from aid_requests.register_values import examined_with_register
from aid_requests.scheme_editor.examination import examine
from aid_requests.scheme_editor.trees import at
from aid_requests.schemes.grammar import Measure, Operator, Source
from aid_requests.schemes.writing import to_plain
from tests.aid_requests.factories import open_scheme
from tests.aid_requests.register.factories import OTHER, STUDENT, applied, text
from tests.aid_requests.scheme_editor.pages import Page

PATH = settings.BASE_DIR / "aid_requests" / "schedules" / "emergency-aid.yaml"
TREE = to_plain(schemes.load(PATH.read_text(encoding="utf-8")))
# Words of the file that no page of the editor has; « date » and « sum » are ordinary words too.
KEYS = {
    *(one.value for one in (*Measure, *Operator, *Source)),
    *[
        "options",
        "questions",
        "amount",
        "requests",
        "need",
        "doors",
        "sets",
        "valid_if",
        "invalid_message",
        "times",
        "at_most",
        "yes_no",
    ],
} - {"date", "in", "register", "ne", "le"}


def changed(place: str, value: object) -> dict:
    tree = copy.deepcopy(TREE)
    holder, _dot, key = place.rpartition(".")
    node: Any = at(tree, holder) if holder else tree
    node[int(key) - 1 if key.isdigit() else key] = value
    return tree


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("cases.1.when", {"answer": "need"}),
        ("cases.1.when", {"eq": "rent"}),
        ("cases.1.when", {"answer": "amount_due", "between": ["1.00"]}),
        ("cases.1.when", {"answer": "amount_due", "between": ["5.00", "1.00"]}),
        ("cases.1.when", {"answer": "amount_due", "ge": "beaucoup"}),
        ("cases.1.when", {"answer": "enrolled", "lt": "no"}),
        ("cases.1.when", {"answer": "enrolled", "eq": "maybe"}),
        ("cases.1.when", {"years_between": [{"answer": "stopped_on"}], "ge": "1"}),
        ("cases.1.when", {"count": "need", "ge": "1"}),
        ("cases.1.amount", "0"),
        ("cases.1.amount", "beaucoup"),
        ("questions.1.kind", "yesno"),
        ("questions.1.options", [{"value": "a", "label": {"fr": "a", "en": "a"}}]),
        ("questions.1.valid_if", {"answer": "enrolled", "eq": "yes"}),
        ("questions.1", {"id": "enrolled", "kind": "choice", "label": {"fr": "a", "en": "a"}}),
        ("questions.1", {"id": "enrolled", "kind": "group", "label": {"fr": "a", "en": "a"}}),
        ("caps.1", {"per": "person"}),
        ("caps.1", {"per": "person", "requests": "1", "need": ["need"]}),
        ("parts", [{"code": "p", "label": {"fr": "p", "en": "p"}, "when": {"answer": "enrolled", "eq": "yes"},
                    "amount": "1.00", "times": {"answer": "need"}}]),
        ("otherwise.orientation", ["nowhere"]),
        ("opens_on", "demain"),
    ],
)  # fmt: skip
def test_no_fault_names_a_word_of_the_file(place, value):
    sentences = [fault.sentence for fault in examine(changed(place, value), "fr").faults if fault.blocks]
    assert sentences
    for sentence in sentences:
        words = set(
            re.findall(
                r"[a-z_]{2,}", re.sub(r"«[^»]*»", lambda one: one[0] if "_" in one[0] else "", sentence)
            )
        )
        assert not words & KEYS, sentence


def test_a_file_that_is_brought_keeps_its_own_words():
    with pytest.raises(schemes.SchemeError) as refused:
        schemes.load("grammar: 1\nquestions:\n- {id: a, kind: choice, label: {fr: a, en: a}}\n")
    assert "options" in str(refused.value)


def test_a_country_that_nobody_knows_is_named():
    zone = {"code": "zone", "label": {"fr": "Zone", "en": "Zone"}, "countries": ["ES", "Atlantide"]}
    said = [fault.sentence for fault in examine({**TREE, "sets": [zone]}, "fr").faults if fault.blocks]
    assert said == [
        "«\u00a0Atlantide\u00a0» n’est pas un pays connu\u00a0: écrivez son nom, ou son code comme FI."
    ]


@pytest.fixture
def draft(people, foundation) -> SchemeDraft:
    tree = to_plain(schemes.load(open_scheme().definition))
    return actions.start_draft(by=people.administrator, form_token=uuid4(), tree={**tree, "slug": "other"})


@pytest.fixture
def admin(people, client_of) -> Client:
    return client_of(people.administrator)


def wrong(html: str) -> int:
    return html.count('class="error"') + html.count('class="field wrong"')


def test_what_is_still_being_written_is_not_red(admin, draft):
    page = Page(admin, reverse("scheme_item", args=[draft.token, "documents.1"]))
    page.press("row when")
    assert wrong(page.html) == 0
    page.fill("when-1-s", "answer:need")
    page.press("refresh")
    assert wrong(page.html) == 0
    page.fill("when-1-o", "in")
    page.press("refresh")
    assert wrong(page.html) == 0
    page.press("save")
    page.go(reverse("scheme_item", args=[draft.token, "documents.1"]))
    assert wrong(page.html) > 0
    assert "Cette condition n’est pas finie" in page.html or "liste" in page.html


def test_a_new_thing_is_not_red_before_it_is_saved(admin, draft):
    page = Page(admin, reverse("scheme_item", args=[draft.token, "questions.8"]))
    page.fill("kind", "choice")
    page.press("refresh")
    assert wrong(page.html) == 0 and "À revoir ici" not in page.html


def codes_of(draft: SchemeDraft) -> list:
    draft.refresh_from_db()
    return draft.tree["documents"][0]["when"]["in"]


def test_codes_of_the_register_are_typed_with_commas(admin, draft):
    page = Page(admin, reverse("scheme_item", args=[draft.token, "documents.1"]))
    page.press("remove when")
    page.press("row when")
    page.fill("when-s", "register:level")
    page.press("refresh")
    page.fill("when-o", "in")
    page.press("refresh")
    assert "séparés par des virgules" in page.html
    page.fill("when-v", "PREPA, CPES ; L1")
    page.press("save")
    assert codes_of(draft) == ["PREPA", "CPES", "L1"]


def test_a_comma_where_one_value_is_meant_drops_nothing(admin, draft):
    page = Page(admin, reverse("scheme_item", args=[draft.token, "documents.1"]))
    page.press("remove when")
    page.press("row when")
    page.fill("when-s", "register:level")
    page.press("refresh")
    page.fill("when-o", "eq")
    page.press("refresh")
    page.fill("when-v", "PREPA, CPES")
    page.press("save")
    draft.refresh_from_db()
    assert draft.tree["documents"][0]["when"]["eq"] == "PREPA, CPES"


def test_a_code_that_no_list_holds_is_a_warning(draft, people, school, may_2020):
    tree = changed("documents.1.when", {"register": "level", "in": ["M1", "PREPA"]})
    assert [one for one in examined_with_register(tree, "fr").faults if "aucune liste" in one.sentence] == []
    applied(people.referent, school, text(STUDENT, OTHER))
    [fault] = [one for one in examined_with_register(tree, "fr").faults if "aucune liste" in one.sentence]
    assert "«\u00a0PREPA\u00a0»" in fault.sentence and not fault.blocks
    assert fault.item == "documents.1"
