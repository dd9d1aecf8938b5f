"""The member's side (C2): files full of marks, every address a member or the chair may open, every mail they get.

The marks stand in the names, the school, the address, the account and the papers' own names, and again in whatever
the student writes for the committee. Whoever adds an address for members finds it walked here by itself.
"""

import re
import uuid
from datetime import date
from types import SimpleNamespace

import pytest
from django.core import mail
from django.test import Client
from django.urls import get_resolver, reverse
from django_tasks_db.management.commands import db_worker

from aid_requests import sealed
from aid_requests.actions.corrections import ask_correction
from aid_requests.actions.messages import write_to_team
from aid_requests.actions.reexamination import ask_reexamination
from aid_requests.committee import actions, veils
from aid_requests.committee.vote_batches import listed_of
from aid_requests.identity import Identity, identity_fingerprint, seal_identity
from aid_requests.models import AidRequest, Applicant
from aid_requests.models.correspondence import Party, RevisionOrigin
from fund import vault
from fund.models import School
from tests import test_url_sweep as sweep
from tests.aid_requests.committee import factories as files
from tests.aid_requests.committee.outcome_files import decide
from tests.aid_requests.committee.queue_files import lift
from tests.stories.world import run_queue
from tests.test_url_sweep import treasury_money, world

__all__ = ["treasury_money", "world"]  # fixtures of the sweep, used here as they are
pytestmark = [pytest.mark.django_db, pytest.mark.pages]

MARKS = (
    "ildemarque", "ostromarque", "zephimarque", "villemarque", "ruellemarque", "écolemarque", "citémarque",
    "domainemarque", "codemarque", "fichiermarque", "courrielmarque", "hôtemarque",
)  # fmt: skip
OF_THE_SWEEP = tuple(
    word.casefold()
    for word in (files.FIRST_NAME, files.LAST_NAME, files.EMAIL_NAME, files.STREET, files.PAPER_NAME)
)
DIGITS = ("612345987", files.IBAN[2:])
TO_READ = "Phrase à lire."
TOLD = (
    "Je suis ILDEMARQUE Ostromarque, dit zephimarque, à l’Écolemarque de citémarque (codemarque), né à Villemarque. "
    "Écrivez à courrielmarque@domainemarque.example ou au 06 12 34 59 87, 9 ruellemarque du Bois, "
    f"compte FR76 3000 6000 0112 3456 7890 189. L’hôtemarque ferme. {TO_READ}"
)
READERS = ("member1", "chair")


def marks_in(text: str) -> set[str]:
    text = text.casefold()
    joined = re.sub(r"(?<=\d)[ \u00a0\u202f.]+(?=\d)", "", text)
    return {mark for mark in (*MARKS, *OF_THE_SWEEP) if mark in text} | {
        mark for mark in DIGITS if mark in joined
    }


def read(response) -> str:
    body = b"".join(response) if response.streaming else response.content
    return f"{response.headers}{response.cookies.output()}{body.decode('utf-8', 'replace')}"


def student_of(school: School, number: int) -> Applicant:
    applicant = files.make_applicant(school, number)
    applicant.user.email = f"courrielmarque{number}@domainemarque.example"
    applicant.user.display_name = "Ildemarque"
    applicant.user.save()
    identity = Identity(
        first_name="Ildemarque",
        last_name="Ostromarque",
        birth_date=date(1999, 9, number % 28 + 1),
        birth_place="Villemarque",
        address="9 ruellemarque du Bois\n59000 Citémarque",
        chosen_name="Zephimarque",
    )
    applicant.identity_sealed = seal_identity(applicant, identity)
    applicant.identity_fingerprint = identity_fingerprint(identity)
    applicant.save()
    return applicant


def marked_file(people: SimpleNamespace, school: School, number: int) -> AidRequest:
    applicant = student_of(school, number)
    file = files.make_file(
        AidRequest.objects.first().scheme_version, applicant, people.national_referent, number=number
    )
    file.story_sealed = vault.seal_text_for(applicant.subject_key, TOLD)
    file.save(update_fields=["story_sealed"])
    paper = file.documents.get()
    paper.title_sealed = vault.seal_text_for(applicant.subject_key, "fichiermarque.pdf")
    paper.save(update_fields=["title_sealed"])
    write_to_team(by=applicant.user, request=file, party=Party.COMMITTEE, text=TOLD, form_token=uuid.uuid4())
    return file


def sign_again(people: SimpleNamespace, file: AidRequest) -> None:
    """A second signed revision, so that members read what changed."""
    files.keep_revision(file, RevisionOrigin.FIRST)
    file.story_sealed = vault.seal_text_for(file.applicant.subject_key, f"Autrement. {TOLD}")
    file.save(update_fields=["story_sealed"])
    files.change_file(file, people.national_referent)
    files.keep_revision(file, RevisionOrigin.OWN)


@pytest.fixture
def marked(world: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """One file before the committee, signed twice and with a correction; one that is read again; one decided."""
    monkeypatch.setattr(db_worker, "close_old_connections", lambda: None)
    people = world.people
    school = School.objects.create(
        code="codemarque",
        name="Écolemarque",
        city="Citémarque",
        host_university="Université de l’hôtemarque",
        email_domains=["domainemarque.example"],
    )
    fresh, again, decided, corrected = (marked_file(people, school, number) for number in range(61, 65))
    sign_again(people, fresh)
    decide(again, [people.member1, people.member2], "refuse")
    ask_reexamination(by=again.applicant.user, request=again, text=TOLD)
    decide(decided, [people.member1, people.chair], "fund_later")
    points = {"story": TOLD[:290]}
    ask_correction(by=people.chair, request=corrected, revision=1, points=points, form_token=uuid.uuid4())
    run_queue()
    world.files = [fresh, again, decided, corrected]
    return world


def addresses_of_members() -> list[str]:
    """Every address that a member or the chair may open, what acts at the end."""
    known = set(sweep.names_of(get_resolver().url_patterns)) & set(sweep.MATRIX)
    names = {name for name in known if set(READERS) & (sweep.MATRIX[name] or set())}
    return sorted(names - sweep.POST_ONLY) + sorted(names & sweep.POST_ONLY - {"unmask"})


def walk(world: SimpleNamespace, client_of, who: str) -> dict[str, set[str]]:
    """Address → the marks that were read there, for each marked file and for those of the sweep."""
    client: Client = client_of(getattr(world.people, who))
    found: dict[str, set[str]] = {}
    usual = world.kwargs
    for name in addresses_of_members():
        if who not in (sweep.MATRIX[name] or ()):
            continue
        kind = sweep.OBJECT_OF.get(name, "request" if name in sweep.OF_A_REQUEST else "")
        of_files = world.files if kind in ("request", "document", "correction", "told_error") else []
        for file in [None, *of_files]:
            world.kwargs = {**usual, **(_named(file) if file else {})}
            found.setdefault(name, set()).update(marks_in(read(sweep.ask(client, name, world))))
    world.kwargs = usual
    return found


def _named(file: AidRequest) -> dict[str, dict[str, object]]:
    own: dict[str, object] = {"token": file.token}
    correction = file.corrections.first()
    return {
        "request": own,
        "document": {**own, "document": file.documents.first().token},
        "correction": {**own, "number": correction.pk if correction else 0},
        "told_error": {**own, "number": file.messages.first().pk},
    }


def test_no_address_of_a_member_tells_who_it_is_about(marked, client_of):
    for who in READERS:
        found = walk(marked, client_of, who)
        assert len(found) > 15
        assert {name: marks for name, marks in found.items() if marks} == {}, who


def test_what_is_not_a_name_stays_to_be_read_and_a_leak_would_be_seen(marked, client_of, monkeypatch):
    """The harmless end of each text is there, beside plates; without the veil the marks are."""
    client = client_of(marked.people.chair)
    fresh, again, _decided, corrected = marked.files
    pages = [
        ("request_review", fresh),
        ("file_versions", fresh),
        ("request_review", again),
        ("thread_page", fresh),
        ("ask_correction", corrected),
    ]
    for name, file in pages:
        text = client.get(reverse(name, args=[file.token])).content.decode()
        assert 'class="veil">masqué' in text, name
        assert TO_READ in text or name == "ask_correction", name
    monkeypatch.setattr(veils.Veil, "text", lambda _veil, text: text)
    for name, file in pages:
        text = client.get(reverse(name, args=[file.token])).content.decode()
        assert {"ildemarque", "codemarque", "612345987"} <= marks_in(text), name


def test_no_act_search_or_mail_tells_members_who_it_is_about(marked, client_of):
    people, (fresh, *_rest) = marked.people, marked.files
    client = client_of(people.member1)
    token, listed = [fresh.token], ",".join(map(str, listed_of([fresh])))
    confirmed = {"listed": listed, "choice": "grant", "form_token": str(uuid.uuid4())}
    sent = [
        client.post(reverse("cast_vote", args=token), {"choice": "refuse", "revision": 2}),
        client.post(reverse("list_votes"), {"files": [str(fresh.token)], "choice": "grant"}),
        client.post(reverse("cast_votes"), confirmed),
        client.post(reverse("recuse", args=token), {"ground": "x"}),
        client.post(reverse("review_document", args=[fresh.token, fresh.documents.first().token])),
        client.post(reverse("unmask", args=token), {"reason": "tie", "note": ""}),
    ]
    run_queue()
    sent += [client.get(reverse("request_queue")), client.get(sent[2].url)]
    assert [marks_in(read(response)) for response in sent] == [set()] * len(sent)
    for typed in ("ostromarque", "codemarque", "citémarque", "courrielmarque61"):
        text = client.get(reverse("request_queue"), {"reference": typed}).content.decode()
        assert "Aucun dossier ne correspond" in text and "U-2020-00" not in text
    addresses = {getattr(people, who).email for who in READERS}
    letters = [letter for letter in mail.outbox if set(letter.to) & addresses]
    assert letters
    assert {
        mark for one in letters for mark in marks_in(f"{one.subject} {one.body} {one.from_email}")
    } == set()


def test_nobody_learns_who_left_the_room_and_a_veil_lifts_for_one_on_one_page(marked, client_of):
    """One member's pages are the same, to the letter, once another one has stepped back; and name and school, where
    they may be read, are found: nothing else of the file is."""
    fresh, again, *_rest = marked.files
    people = marked.people

    def pages() -> list[str]:
        client = client_of(people.member1)
        texts = [
            client.get(reverse("request_queue")),
            client.get(reverse("request_review", args=[fresh.token])),
        ]
        return [re.sub(r'value="[\w-]{30,}"', "", text.content.decode()) for text in texts]

    before = pages()
    actions.recuse(by=people.member2, request=fresh, ground="other_interest")
    assert pages() == before
    lift(people.chair, fresh)
    client = client_of(people.chair)
    shown = read(client.get(reverse("request_review", args=[fresh.token])))
    assert marks_in(shown) == {"ildemarque", "ostromarque", "écolemarque"}
    for name, file in (("request_review", again), ("file_versions", fresh), ("thread_page", fresh)):
        assert marks_in(read(client.get(reverse(name, args=[file.token])))) == set()
    others = client_of(people.member1).get(reverse("request_review", args=[fresh.token]))
    assert marks_in(read(others)) == set()
    assert TOLD in sealed.story_of(AidRequest.objects.get(pk=fresh.pk)), (
        "the original stays as it was written"
    )
