"""What one file's veil knows: the person under every name the file had, the school, whoever represents (C2)."""

from dataclasses import replace

import pytest
from django.template import Context, Template

from aid_requests import actions, second_look_lists, second_looks
from aid_requests.committee import veils
from aid_requests.committee.screening import PLATE
from aid_requests.correspondence import threads
from aid_requests.correspondence.revisions import Reader, differences
from aid_requests.identity import identity_of, seal_identity
from aid_requests.models import AidRequest, Representative
from aid_requests.models.correspondence import MessageKind, Party, Side
from fund import clock, vault
from tests.aid_requests.committee import factories
from tests.aid_requests.committee.queue_files import lift
from tests.aid_requests.second_look_files import granted

pytestmark = pytest.mark.usefixtures("proved")


def told(file: AidRequest, text: str) -> str:
    return veils.veil_of(file).text(text)


def keep_revision(file: AidRequest, story: str, origin: str) -> None:
    file.story_sealed = vault.seal_text_for(file.applicant.subject_key, story)
    file.save(update_fields=["story_sealed"])
    factories.keep_revision(file, origin)


def test_it_knows_the_person_the_school_the_places_and_the_mailboxes(file_of):
    file = file_of()
    for text in (
        factories.FIRST_NAME,
        factories.LAST_NAME.upper(),
        factories.EMAIL_NAME,
        "école du nord",
        "Lille",
        "Brest",
        factories.STREET[2:],
        "nord.example",
        "3 février 1999",
        "lilloise",
        "Z.Q.",
        "Z.M.Q.",
        "zeliequintefeuille",
    ):
        assert told(file, text) == PLATE, text
    assert told(file, factories.STORY) == factories.STORY


def test_a_representative_is_known_too_also_a_former_one(file_of):
    file = file_of()
    person = {
        "first_name": "Gwendoline",
        "last_name": "Tutelaire",
        "email": "g@t.example",
        "relation": "mother",
    }
    Representative.objects.create(
        request=file,
        person_sealed=vault.seal_json_for(file.applicant.subject_key, person),
        named_at=clock.moment(),
        ended_at=clock.moment(),
    )
    assert told(file, "gwendoline, tutelaire") == PLATE


def test_what_changed_hides_the_names_of_then_and_of_now(committee, file_of):
    file = file_of()
    keep_revision(file, "Je signe Quintefeuille 1.", "first")
    applicant = file.applicant
    identity = identity_of(applicant)
    assert identity is not None
    applicant.identity_sealed = seal_identity(applicant, replace(identity, last_name="Zébulondière"))
    applicant.save()
    factories.change_file(file, committee.referent)
    keep_revision(file, "Je signe Zébulondière, autrefois Quintefeuille.", "own")
    (difference,) = differences(file, "fr", Reader.COMMITTEE)
    story = next(change for change in difference.changes if change.before.startswith("Je signe"))
    assert (story.before, story.after) == (f"Je signe {PLATE} 1.", f"Je signe {PLATE}, autrefois {PLATE}.")
    (own,) = differences(file, "fr", Reader.STUDENT)
    assert any("Zébulondière" in change.after for change in own.changes)


def test_an_erased_person_leaves_nothing_to_screen(file_of):
    file = file_of()
    file.messages.create(
        party=Party.COMMITTEE,
        side=Side.STUDENT,
        kind=MessageKind.values[0],
        author=file.applicant.user,
        text_sealed=vault.seal_text_for(file.applicant.subject_key, "Zélie"),
        form_token="00000000-0000-4000-8000-000000000001",
        sent_at=clock.moment(),
    )
    assert [line.text for line in threads.lines_for_team(file, Party.COMMITTEE)] == [PLATE]
    assert [line.text for line in threads.lines_for_student(file)] == ["Zélie"]
    vault.erase_subject(file.applicant.subject_key)
    assert [line.text for line in threads.lines_for_team(file, Party.COMMITTEE)] == [None]
    assert veils.screened_or_none(file, "Zélie") is None


def test_a_plate_is_drawn_and_what_a_person_typed_stays_text():
    template = Template("{% load plates %}{{ text|plates }}|{{ text|linebreaks|plates }}")
    shown = template.render(Context({"text": f"<b>{PLATE}</b>"}))
    assert shown == (
        '&lt;b&gt;<span class="veil">masqué</span>&lt;/b&gt;|'
        '<p>&lt;b&gt;<span class="veil">masqué</span>&lt;/b&gt;</p>'
    )


def test_who_lifted_the_veil_is_no_second_reader(committee, file_of, settings):
    settings.SECOND_LOOK_ONE_IN, settings.SECOND_LOOK_FROM_CENTS = 1, 0
    actions.keep_second_looks()
    file = file_of()
    look = granted(committee, file).second_look
    assert second_look_lists.to_read(committee.chair).count() == 1
    lift(committee.chair, AidRequest.objects.get(pk=file.pk))
    assert second_look_lists.to_read(committee.chair).count() == 0
    refusal = second_looks.can_reread(committee.chair, look)
    assert refusal is not None and refusal.code == "unmasked"
