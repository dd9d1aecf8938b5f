"""Caps of a schedule: per person, per need, per scheme; by number and by amount; each with its sentence."""

import re
from datetime import UTC, datetime

import pytest
from django.db.models import F

from aid_requests import actions, caps
from aid_requests.caps import GRANTED_STATES, STANDING_STATES, cap_refusal
from aid_requests.committee.actions import funding
from aid_requests.models import AidRequest, SchemeVersion
from aid_requests.sealed import scheme_of
from fund import clock, workflow
from fund.roles import Refused
from tests.aid_requests import factories
from tests.aid_requests.committee import factories as files

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("may_2020", "foundation")]


def capped(*written: str) -> SchemeVersion:
    """The emergency aid under other caps."""
    text = files.open_scheme().definition
    listed = "caps:\n" + "".join(f"- {one}\n" for one in written)
    changed = re.sub(r"caps:\n(?:[- ] .*\n)+", listed, text)
    assert changed != text
    return actions.load_scheme(by=None, text=changed).version


def made(version, applicant, people, number, **fields):
    file = files.make_file(version, applicant, people.national_referent, number=number)
    AidRequest.objects.filter(pk=file.pk).update(**fields)
    return AidRequest.objects.get(pk=file.pk)


def refusal(request, states=STANDING_STATES, amount_cents=15000):
    return cap_refusal(request, scheme_of(request.scheme_version), amount_cents=amount_cents, states=states)


def code(request, **more):
    found = refusal(request, **more)
    return None if found is None else found.code


@pytest.fixture
def applicant(school):
    return files.make_applicant(school)


LONG_AGO = datetime(2018, 2, 1, 12, tzinfo=UTC)
PAID_LONG_AGO = {"state": "paid", "submitted_at": LONG_AGO, "decided_at": LONG_AGO}


def test_once_for_a_person_counts_every_year_and_version(applicant, people):
    first = made(capped("{per: person, requests: 1}"), applicant, people, 1)
    AidRequest.objects.filter(pk=first.pk).update(**PAID_LONG_AGO)
    second = made(capped("{per: person, requests: 1, amount: 900.00}"), applicant, people, 2)
    assert code(second) == "cap_person_requests"
    assert "qu’une fois par personne" in str(refusal(second).sentence)


def test_the_amount_of_a_person_is_reached_to_the_cent(applicant, people):
    version = capped("{per: person, amount: 300.00}")
    made(version, applicant, people, 1, **PAID_LONG_AGO)
    second = made(version, applicant, people, 2)
    assert code(second, amount_cents=15000) is None
    assert code(second, amount_cents=15001) == "cap_person_amount"


def test_a_year_forgets_what_a_person_does_not(applicant, people):
    version = capped("{per: person_and_university_year, requests: 1}")
    made(version, applicant, people, 1, **PAID_LONG_AGO)
    assert code(made(version, applicant, people, 2)) is None


def test_the_same_case_is_the_same_need(applicant, people):
    version = capped("{per: person_and_need, requests: 1}")
    first = made(version, applicant, people, 1)
    second = made(version, applicant, people, 2)
    assert code(second) == "cap_person_and_need_requests"
    AidRequest.objects.filter(pk=first.pk).update(case_code="internship_broken_off")
    assert code(second) is None


def test_named_questions_tell_needs_apart(applicant, people):
    version = capped("{per: person_and_need, requests: 1, need: [need]}")
    made(version, applicant, people, 1)
    second = made(version, applicant, people, 2, case_code="internship_broken_off")
    assert code(second) == "cap_person_and_need_requests"
    answers = {**files.ANSWERS, "need": "food"}
    answers.pop("amount_due")
    second.answers_sealed = factories.sealed.seal_answers(second, answers)
    second.save(update_fields=["answers_sealed"])
    assert code(second) is None


def test_a_need_of_the_year_comes_again_next_year(applicant, people):
    version = capped("{per: person_need_and_university_year, requests: 1}")
    first = made(version, applicant, people, 1)
    second = made(version, applicant, people, 2)
    assert code(second) == "cap_person_need_and_university_year_requests"
    AidRequest.objects.filter(pk=first.pk).update(submitted_at=LONG_AGO)
    assert code(second) is None


def test_a_request_without_a_case_has_no_need_yet(applicant, people):
    version = capped("{per: person_and_need, requests: 1}")
    made(version, applicant, people, 1)
    second = made(version, applicant, people, 2)
    second.case_code = ""
    assert code(second) is None


def test_the_whole_scheme_counts_what_was_granted_to_anybody_since_it_opened(school, people, applicant):
    version = capped("{per: scheme, requests: 2, amount: 400.00}")
    others = [made(version, files.make_applicant(school, number), people, number) for number in (2, 3)]
    mine = made(version, applicant, people, 1)
    assert code(mine) is None  # what others ask for promises nothing
    AidRequest.objects.filter(pk__in=[one.pk for one in others]).update(
        state="granted", decided_at=F("submitted_at")
    )
    assert code(mine) == "cap_scheme_requests"
    before = clock.moment().replace(month=4, day=2)
    AidRequest.objects.filter(pk=others[0].pk).update(submitted_at=before)
    assert code(mine) is None
    assert code(mine, amount_cents=25000) is None
    assert code(mine, amount_cents=25001) == "cap_scheme_amount"


def test_another_scheme_stands_in_no_cap(applicant, people):
    version = capped("{per: person, requests: 1}", "{per: scheme, requests: 1}")
    first = made(version, applicant, people, 1)
    second = made(version, applicant, people, 2)
    assert code(second) == "cap_person_requests"
    other = SchemeVersion.objects.create(
        scheme=type(version.scheme).objects.create(slug="other", created_at=clock.moment()),
        number=1,
        definition=version.definition,
        definition_hash=version.definition_hash,
        pocket=version.pocket,
        created_at=clock.moment(),
    )
    AidRequest.objects.filter(pk=first.pk).update(scheme_version=other)
    assert code(second) is None


def test_whoever_decides_holds_the_scheme_before_the_person(applicant, people, monkeypatch):
    """Else two members could each grant the last of a scheme's aids to two persons at once."""
    version = capped("{per: scheme, requests: 1}")
    request = made(version, applicant, people, 1)
    locked: list[str] = []
    lock = workflow.lock
    monkeypatch.setattr(
        workflow, "lock", lambda model, pk: (locked.append(model.__name__), lock(model, pk))[1]
    )
    with pytest.raises(Refused) as refused:  # there is no money; the locks come first
        funding.reserve(request)
    assert refused.value.refusal.code == "over_budget"
    assert locked == ["Scheme", "Applicant"]


def test_no_scheme_is_held_where_no_cap_asks_for_it(applicant, people, monkeypatch):
    request = made(capped("{per: person, requests: 9}"), applicant, people, 1)
    monkeypatch.setattr(workflow, "lock", lambda model, pk: pytest.fail("locked"))
    caps.lock_total(request, scheme_of(request.scheme_version))


def test_a_member_reads_whose_cap_is_reached(applicant, people, school):
    version = capped("{per: scheme, requests: 1}")
    made(version, files.make_applicant(school, 2), people, 2, state="granted", decided_at=clock.moment())
    request = made(version, applicant, people, 1)
    with pytest.raises(Refused) as refused:
        funding.reserve(request)
    assert refused.value.refusal.code == "cap_scheme_requests"
    assert "dispositif" in str(refused.value.refusal.sentence)


@pytest.mark.parametrize("scope", ["person", "person_and_need", "person_need_and_university_year", "scheme"])
def test_every_cap_has_its_own_sentences(scope, applicant, people, school):
    sentences = set()
    for limit in ("requests: 1", "amount: 150.00"):
        version = capped(f"{{per: {scope}, {limit}}}")
        number = AidRequest.objects.count()
        made(version, applicant, people, number + 1, state="granted", decided_at=clock.moment())
        found = refusal(made(version, applicant, people, number + 2), states=GRANTED_STATES)
        sentences.add(str(found.sentence))
        assert caps.committee_sentence(found)
        AidRequest.objects.update(state="withdrawn", decided_at=None, withdrawn_at=clock.moment())
    assert len(sentences) == 2
