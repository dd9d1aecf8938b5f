"""What is asked about team pages: which are public, what they raised, what waits to be read, who may act.

A team's totals are those of its gifts by the one definition of the fund: gifts − refunds − lost disputes. They are
told from FEWEST_GIFTS donors on, and so are the donors' words: with fewer, a sum beside a name would tell a gift, and
five months of one monthly gift are still one donor's.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from donations import offers
from donations.models import Gift, GiftWords, Team, TeamText
from donations.models.gifts import GiftState, WordsState
from donations.models.teams import TeamState, TextState
from donations.queries import FEWEST_GIFTS, PublicWord, word_of
from fund.models import User
from fund.models.people import Role
from fund.roles import Refusal, needs_role

PUBLIC_STATES = (TeamState.OPEN, TeamState.CLOSED)
# Proposals of one person that may wait at the same time.
MOST_PROPOSALS = 3
WORDS_SHOWN = 6


@dataclass(frozen=True)
class TeamTotals:
    """Cents kept of a team's gifts, how many gifts something was kept of, and how many persons made them."""

    raised_cents: int = 0
    gifts: int = 0
    donors: int = 0


def totals_of(teams: Iterable[Team]) -> dict[int, TeamTotals]:
    """The totals of each team, by its number, in one query."""
    ids = [team.pk for team in teams]
    gifts = Gift.objects.filter(team__in=ids, state=GiftState.SUCCEEDED).annotate(kept=offers.kept())
    rows = gifts.filter(kept__gt=0).values("team").order_by("team")
    summed = rows.annotate(cents=Sum("kept"), number=Count("pk"), people=Count("donor", distinct=True))
    told = {row["team"]: TeamTotals(row["cents"], row["number"], row["people"]) for row in summed}
    return {pk: told.get(pk, TeamTotals()) for pk in ids}


def team_totals(team: Team) -> TeamTotals:
    return totals_of([team])[team.pk]


@dataclass(frozen=True)
class PublicTeam:
    """A page and its totals. `width` is the thermometer's, in per cent of the goal, as text: full when it is passed."""

    team: Team
    totals: TeamTotals

    @property
    def tells_amounts(self) -> bool:
        return self.totals.donors >= FEWEST_GIFTS

    @property
    def width(self) -> str:
        part = min(self.totals.raised_cents / self.team.goal_cents, 1) if self.tells_amounts else 0
        return f"{part * 100:.2f}%"

    @property
    def percent(self) -> int:
        """Of the goal, rounded down: nothing is reached before it is."""
        return self.totals.raised_cents * 100 // self.team.goal_cents


def public_teams() -> list[PublicTeam]:
    """The pages that anyone may read, those that still take gifts first, then by name."""
    shown = Team.objects.filter(state__in=PUBLIC_STATES).select_related("school", "pocket")
    rows = sorted(shown, key=lambda team: (team.state != TeamState.OPEN, team.name.casefold(), team.pk))
    totals = totals_of(rows)
    return [PublicTeam(team, totals[team.pk]) for team in rows]


def public_team(slug: str) -> PublicTeam | None:
    """One page; None when nobody may read it."""
    team = Team.objects.filter(slug=slug, state__in=PUBLIC_STATES).select_related("school", "pocket").first()
    return PublicTeam(team, team_totals(team)) if team else None


def words_of_team(shown: PublicTeam) -> list[PublicWord]:
    """The last approved words of the team's gifts, in an order of chance and without a month; none of a few gifts."""
    if not shown.tells_amounts:
        return []
    rows = GiftWords.objects.filter(
        state=WordsState.APPROVED, gift__state=GiftState.SUCCEEDED, gift__team=shown.team
    ).filter(gift__donor__subject_key__wrapped_key__isnull=False)
    newest = rows.select_related("gift__donor__subject_key").order_by("-decided_at", "-pk")[:WORDS_SHOWN]
    by_chance = sorted(newest, key=lambda row: row.gift.token.bytes)
    said = [word for row in by_chance if (word := word_of(row)) is not None]
    return [replace(word, month=None) for word in said]


def teams_made_by(user: User) -> QuerySet[Team]:
    return Team.objects.filter(made_by=user).order_by("-pk")


def teams_to_read() -> QuerySet[Team]:
    """Proposals, the oldest first."""
    return Team.objects.filter(state=TeamState.PROPOSED).select_related("school", "pocket").order_by("pk")


def texts_to_read() -> QuerySet[TeamText]:
    """New words for pages that were decided about, the oldest first."""
    return TeamText.objects.filter(state=TextState.WAITING).select_related("team__school").order_by("pk")


def teams_decided() -> QuerySet[Team]:
    return Team.objects.exclude(state=TeamState.PROPOSED).order_by("-decided_at", "-pk")


def waiting_count() -> int:
    return teams_to_read().count() + texts_to_read().count()


def can_propose(user: User) -> Refusal | None:
    """Anyone who signed in, a few pages at a time."""
    if Team.objects.filter(made_by=user, state=TeamState.PROPOSED).count() >= MOST_PROPOSALS:
        return Refusal("too_many", _("Vos pages précédentes attendent d’être relues : revenez ensuite."))
    return None


def can_change(user: User, team: Team) -> Refusal | None:
    """Whoever made the page."""
    return None if team.made_by_id == user.pk else Refusal("not_yours", _("Cette page n’est pas la vôtre."))


def can_moderate(user: User, team: Team) -> Refusal | None:
    """Communication, never about one's own page."""
    refusal = needs_role(user, Role.COMMUNICATION)
    if refusal is None and team.made_by_id == user.pk:
        return Refusal("own_page", _("Vous avez proposé cette page : une autre personne la relit."))
    return refusal
