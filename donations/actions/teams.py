"""A team page: proposed by anyone signed in, read by communication before anybody else, changed by its maker.

What the maker changes later waits beside the words that were approved, which stay on the page until then.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from itertools import count

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from donations import team_mails, teams
from donations.models import Team, TeamText
from donations.models.teams import TeamState, TextState
from donations.workflow import TEAM, TEAM_TEXT
from fund import audit, clock, workflow
from fund.models import Pocket, School, User
from fund.roles import demand

# Addresses of our own, and names under which a page would speak for somebody else.
RESERVED = frozenset(
    {
        "proposer", "modifier", "nouvelle", "textes", "admin", "api", "aide", "banque", "cagnotte",
        "comite", "communication", "comptes", "cti", "don", "dons", "equipes", "fondation",
        "officiel", "officielle", "paiement", "reseau", "stripe", "tresorerie", "tresorier",
    }
)  # fmt: skip
SLUG_LENGTH = 50


@dataclass(frozen=True)
class TeamWords:
    """What a page says: a name, a story in plain paragraphs, a goal in cents."""

    name: str
    story: str
    goal_cents: int

    @property
    def fingerprint(self) -> str:
        """SHA-256: a reader approves what was read, not what was written meanwhile."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


def words_of(row: Team | TeamText) -> TeamWords:
    return TeamWords(row.name, row.story, row.goal_cents)


def propose_team(*, by: User, words: TeamWords, pocket: Pocket, school: School | None = None) -> Team:
    """A page that waits to be read; the same proposal twice is one page. Raises Refused when too many wait."""
    with transaction.atomic():
        workflow.lock(User, by.pk)
        known = Team.objects.filter(made_by=by, state=TeamState.PROPOSED, name=words.name).first()
        if known is not None:
            return known
        demand(teams.can_propose(by))
        team = _make(by, words, pocket, school)
        audit.record("team.proposed", team, by=by)
        return team


def _make(by: User, words: TeamWords, pocket: Pocket, school: School | None) -> Team:
    """The row, under the first free address: « nom », « nom-2 », …"""
    base = slugify(words.name)[:SLUG_LENGTH].strip("-") or "equipe"
    base = f"equipe-{base}" if base in RESERVED else base
    for number in count(1):
        slug = base if number == 1 else f"{base}-{number}"
        if Team.objects.filter(slug=slug).exists():
            continue
        try:
            with transaction.atomic():
                return Team.objects.create(
                    slug=slug,
                    name=words.name,
                    story=words.story,
                    goal_cents=words.goal_cents,
                    pocket=pocket,
                    school=school,
                    made_by=by,
                    created_at=clock.moment(),
                )
        except IntegrityError:  # another proposal took the address at the same instant
            if not Team.objects.filter(slug=slug).exists():
                raise
    raise AssertionError("count() has no end")


def change_team(*, by: User, team: Team, words: TeamWords) -> Team:
    """The maker's new words: at once while nobody read the page, else they wait beside the approved ones.

    Words that wait already give way to them; words that say the same change nothing. Raises Refused.
    """
    with transaction.atomic():
        row = workflow.lock(Team, team.pk)
        demand(teams.can_change(by, row))
        waiting = row.texts.filter(state=TextState.WAITING).first()
        if words == words_of(waiting or row):
            return row
        if row.state == TeamState.PROPOSED:
            row.name, row.story, row.goal_cents = words.name, words.story, words.goal_cents
            row.save(update_fields=["name", "story", "goal_cents"])
        else:
            if waiting is not None:
                workflow.move(TEAM_TEXT, waiting, "replace", by=by)
            TeamText.objects.create(team=row, made_at=clock.moment(), **asdict(words))
        audit.record("team.changed", row, by=by)
        return row


def close_team(*, by: User, team: Team) -> Team:
    """The maker, or communication, ends the collection; the page stays. Raises Refused, AlreadyDone, WrongState."""
    with transaction.atomic():
        row = workflow.lock(Team, team.pk)
        if teams.can_change(by, row) is not None:
            demand(teams.can_moderate(by, row))
        workflow.move(TEAM, row, "close", by=by)
        audit.record("team.closed", row, by=by)
        return row


def open_team(*, by: User, team: Team, read: str) -> Team:
    """Shows the page and lets gifts be given with it. `read` is the fingerprint of the words that were read.

    Raises Refused, AlreadyDone, WrongState; the latter also when the words are no more those that were read.
    """
    with transaction.atomic():
        row = workflow.lock(Team, team.pk)
        demand(teams.can_moderate(by, row))
        if words_of(row).fingerprint != read:
            raise workflow.WrongState(_("Ce texte a changé depuis votre lecture : relisez-le."))
        _decide(row, "open", by, "")
        return row


def hide_team(*, by: User, team: Team, because: str) -> Team:
    """Takes the page away; `because` is the sentence its maker reads. Raises Refused, AlreadyDone, WrongState."""
    with transaction.atomic():
        row = workflow.lock(Team, team.pk)
        demand(teams.can_moderate(by, row))
        _decide(row, "hide", by, because)
        return row


def _decide(row: Team, step: str, by: User, because: str) -> None:
    decided = {"decided_by": by, "decided_at": clock.moment(), "hidden_because": because}
    workflow.move(TEAM, row, step, by=by, fields=decided)
    audit.record(f"team.{step}", row, by=by)
    team_mails.tell_decision(row)


def approve_text(*, by: User, text: TeamText) -> TeamText:
    """The new words take the place of the old ones. Raises Refused, AlreadyDone, WrongState."""
    with transaction.atomic():
        team, row = _lock_text(by, text)
        workflow.move(TEAM_TEXT, row, "approve", by=by, fields=_decided(by))
        team.name, team.story, team.goal_cents = row.name, row.story, row.goal_cents
        team.save(update_fields=["name", "story", "goal_cents"])
        audit.record("team.text_approved", row, by=by)
        team_mails.tell_text(row)
        return row


def refuse_text(*, by: User, text: TeamText, because: str) -> TeamText:
    """The page keeps its words; its maker reads why. Raises Refused, AlreadyDone, WrongState."""
    with transaction.atomic():
        _team, row = _lock_text(by, text)
        workflow.move(TEAM_TEXT, row, "refuse", by=by, fields={**_decided(by), "refused_because": because})
        audit.record("team.text_refused", row, by=by)
        team_mails.tell_text(row)
        return row


def _lock_text(by: User, text: TeamText) -> tuple[Team, TeamText]:
    team = workflow.lock(Team, text.team_id)
    demand(teams.can_moderate(by, team))
    return team, workflow.lock(TeamText, text.pk)


def _decided(by: User) -> dict[str, object]:
    return {"decided_by": by, "decided_at": clock.moment()}
