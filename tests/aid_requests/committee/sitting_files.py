"""Sittings and consultations of the committee of the tests: rules, steps, and the addresses of their pages."""

import hashlib
from datetime import datetime, timedelta
from types import SimpleNamespace

from aid_requests.actions.committee_rules import national, open_rules_draft, save_rules_draft
from aid_requests.committee import actions
from aid_requests.committee import minutes as papers
from aid_requests.models import (
    AgendaItem,
    AidRequest,
    Minutes,
    MinutesPaper,
    MinutesSignature,
    RulesVersion,
    Sitting,
    Vote,
)
from fund import clock, vault
from fund.models import User
from tests.aid_requests.committee.outcome_files import REDIRECTION
from tests.aid_requests.committee.rules.test_reading import SITTING, WRITING

# The seats are four: members 1 to 3 and the chair. Half of them is two.
IN_SITTING = SITTING.replace("own_school: excluded", "own_school: allowed")
CALLED_AGAIN = IN_SITTING + "second_call:\n  needed: none\n  days: 3\n"
AT_END = WRITING.replace("count: concordant\n  votes: 2", "count: at_end\n  days: 7").replace(
    "needed: none", "needed: 1/2"
)
EVENING = datetime(2020, 5, 20, 17, 30, tzinfo=clock.PARIS)


def code_of(refused) -> str:
    return refused.value.refusal.code


def open_rules(by: User, text: str = IN_SITTING) -> RulesVersion:
    before = RulesVersion.objects.filter(state="open").first()
    draft = save_rules_draft(by=by, text=text, revision=0)
    return open_rules_draft(by=by, revision=draft.revision, replaces=before.number if before else None)


def drafted(
    people: SimpleNamespace, *requests: AidRequest, when: datetime = EVENING, **more: object
) -> Sitting:
    values = {"kind": "both", "scheduled_at": when, "place": "Salle 12", **more}
    sitting = actions.prepare_sitting(by=people.chair, committee=national(), **values)
    actions.add_items(by=people.chair, sitting=sitting, requests=requests)
    return sitting


def convened(people: SimpleNamespace, *requests: AidRequest, **more: object) -> Sitting:
    """Convened today for the 20th, five days ahead; member 1 keeps the minutes."""
    sitting = drafted(people, *requests, **more)
    return actions.convene_sitting(by=people.chair, sitting=sitting, secretary=people.member1)


def consultation(people: SimpleNamespace, *requests: AidRequest, days: int = 7) -> Sitting:
    now = clock.moment()
    return convened(
        people, *requests, kind="consultation", when=now, ends_at=now + timedelta(days=days, minutes=1)
    )


def opened(
    people: SimpleNamespace,
    *requests: AidRequest,
    there: tuple[str, ...] = ("member1", "member2"),
    **more: object,
) -> Sitting:
    """Convened five days before and open, with the chair and `there` in the room; the clock stands at EVENING."""
    with clock.at(clock.DEMO_START):
        sitting = convened(people, *requests, **more)
    sitting = actions.open_sitting(by=people.chair, sitting=sitting)
    for name in there:
        actions.note_presence(by=people.chair, sitting=sitting, member=getattr(people, name), presence="room")
    return sitting


def taken(people: SimpleNamespace, sitting: Sitting, number: int = 1) -> AgendaItem:
    return actions.take_item(by=people.chair, item=sitting.items.get(number=number))


def say(by: User, item: AgendaItem, choice: str = "grant", **more: object) -> Vote:
    """One vote on a taken item, with a good reason unless told."""
    usual = {"refuse": {"reason_code": "not_covered"}, "redirect": REDIRECTION}.get(choice, {})
    request = AidRequest.objects.get(pk=item.request_id)
    return actions.vote_in_sitting(
        by=by,
        item=item,
        choice=choice,
        revision=request.revision,
        round_number=request.round,
        turn=request.turn,
        **{**usual, **more},
    )


# Who opens which address ------------------------------------------------------------------------------------------

_SEATED = {"member1", "member2", "member3", "chair"}
_READERS = _SEATED | {"auditor"}
MATRIX: dict[str, set[str] | None] = {
    "sitting_list": _SEATED,
    "prepare_sitting": {"chair"},
    "sitting_page": _SEATED,
    "sitting_desk": {"member1", "chair"},
    "sitting_screen": _SEATED,
    "sitting_act": _SEATED,
    "sitting_vote": _SEATED,
    "enter_vote": {"member1", "chair"},
    "minutes_list": _READERS | {"communication"},
    "minutes_page": _READERS,
    "sign_minutes": {"member1", "chair"},
    "minutes_file": _READERS | {"communication"},
}
POST_ONLY = {"sitting_act", "sitting_vote", "enter_vote", "sign_minutes", "minutes_file"}
OBJECT_OF = {
    "sitting_page": "sitting",
    "sitting_desk": "sitting",
    "sitting_screen": "sitting",
    "sitting_act": "sitting",
    "sitting_vote": "agenda_item",
    "enter_vote": "agenda_item",
    "minutes_page": "minutes",
    "sign_minutes": "minutes",
    "minutes_file": "minutes_extract",
}


def addresses(people: SimpleNamespace, request: AidRequest) -> dict[str, dict[str, object]]:
    """An open sitting that put `request` off, and a consultation that is over, whose minutes are sealed; member 1 is
    the secretary."""
    now = clock.moment()
    by = dict.fromkeys(("made_by", "convened_by", "opened_by"), people.chair)
    at = dict.fromkeys(("scheduled_at", "made_at", "convened_at", "opened_at"), now)
    common = {"committee": national(), "secretary": people.member1, **by, **at}
    sitting = Sitting.objects.create(kind="both", state="open", **common)
    ended = {"state": "adjourned", "why": "discussed", "ended_by": people.chair, "ended_at": now}
    item = AgendaItem.objects.create(
        sitting=sitting, request=request, number=1, added_by=people.chair, added_at=now, **ended
    )
    over = Sitting.objects.create(
        kind="consultation", state="signed", ends_at=now + timedelta(days=7), closed_at=now, **common
    )
    minutes = _sealed_minutes(people, over)
    return {
        "sitting": {"token": sitting.token},
        "agenda_item": {"token": sitting.token, "item": item.token},
        "minutes": {"token": minutes.token},
        "minutes_extract": {"token": minutes.token, "part": "extract"},
    }


def _sealed_minutes(people: SimpleNamespace, over: Sitting) -> Minutes:
    now = clock.moment()
    sealed, sha256 = papers.seal_content(papers.content_of(over, year=now.year, number=1))
    minutes = Minutes.objects.create(
        sitting=over,
        committee=over.committee,
        year=now.year,
        number=1,
        content_sealed=sealed,
        content_sha256=sha256,
        made_at=now,
    )
    for signed_as, by in (("chair", people.chair), ("secretary", people.member1)):
        MinutesSignature.objects.create(
            minutes=minutes, signed_as=signed_as, by=by, content_sha256=sha256, signed_at=now
        )
    data, data_sha256 = vault.seal_bytes(b"%PDF-"), hashlib.sha256(b"%PDF-").hexdigest()
    hashes = {"full_sha256": data_sha256, "extract_sha256": data_sha256}
    MinutesPaper.objects.create(
        minutes=minutes, full_sealed=data, extract_sealed=data, sealed_at=now, **hashes
    )
    return minutes
