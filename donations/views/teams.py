"""Team pages: the public list and page, what a maker proposes and changes, and where communication reads it first."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from donations import offers, teams
from donations.actions import teams as acts
from donations.models import Team, TeamText
from donations.models.teams import TeamState, TextState
from donations.team_forms import ReasonForm, TeamForm, TeamWordsForm
from fund import money
from fund.models import Pocket, User
from fund.models.people import Role
from fund.roles import for_roles
from fund.views.frame import actor
from fund.workflow import AlreadyDone, WrongState

DECIDED_SHOWN = 50


@login_not_required
@require_safe
def team_list(request: HttpRequest) -> HttpResponse:
    """Every page that may be read; below, those that the visitor made."""
    mine = teams.teams_made_by(request.user) if isinstance(request.user, User) else []
    return render(request, "donations/team_list.html", {"shown": teams.public_teams(), "mine": mine})


@login_not_required
@require_safe
def team_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One page; the others' proposals and what was taken away are not there."""
    shown = teams.public_team(slug)
    if shown is None:
        raise Http404
    context = {
        "shown": shown,
        "team": shown.team,
        "words": teams.words_of_team(shown),
        "offers": offers.offers_now(shown.team) if shown.team.state == TeamState.OPEN else [],
        "is_maker": shown.team.made_by_id == request.user.pk,
        "address": request.build_absolute_uri(request.path),
    }
    return render(request, "donations/team_page.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def propose_team(request: HttpRequest) -> HttpResponse:
    """The form of a new page; a good one waits to be read."""
    by = actor(request)
    form = (
        TeamForm(request.POST) if request.method == "POST" else TeamForm(initial={"pocket": Pocket.GENERAL})
    )
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        team = acts.propose_team(by=by, words=form.words(), pocket=values["pocket"], school=values["school"])
        messages.success(
            request, _("Votre page est proposée. Nous vous écrivons dès qu’une personne l’a relue.")
        )
        return redirect("change_team", slug=team.slug)
    context = {"form": form, "refusal": teams.can_propose(by)}
    return render(request, "donations/team_form.html", context, status=422 if form.is_bound else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change_team(request: HttpRequest, slug: str) -> HttpResponse:
    """Its maker's place: where the page stands, what waits to be read, other words. Nobody else finds it."""
    team = get_object_or_404(Team, slug=slug, made_by=actor(request))
    waiting = team.texts.filter(state=TextState.WAITING).first()
    if request.method == "POST":
        form = TeamWordsForm(request.POST)
        if form.is_valid():
            acts.change_team(by=actor(request), team=team, words=form.words())
            messages.success(request, _("C’est noté. Ces mots paraîtront quand une personne les aura relus."))
            return redirect("change_team", slug=slug)
    else:
        form = TeamWordsForm(initial=_first_words(waiting or team))
    refused = team.texts.filter(state=TextState.REFUSED).order_by("-pk").first() if waiting is None else None
    context = {"form": form, "team": team, "waiting": waiting, "refused": refused}
    return render(request, "donations/team_change.html", context, status=422 if form.is_bound else 200)


def _first_words(row: Team | TeamText) -> dict[str, str]:
    goal = money.plain_euros(row.goal_cents).removesuffix(".00")
    return {
        "name": row.name,
        "story": row.story,
        "goal": goal.replace(".", ",") if get_language() == "fr" else goal,
    }


@require_POST
def close_team(request: HttpRequest, slug: str) -> HttpResponse:
    """The maker ends the collection; a second click says nothing new."""
    team = get_object_or_404(Team, slug=slug, made_by=actor(request))
    try:
        acts.close_team(by=actor(request), team=team)
        messages.success(request, _("La collecte est terminée. La page reste, sans bouton pour donner."))
    except WrongState as wrong:
        messages.error(request, wrong.sentence)
    return redirect("change_team", slug=slug)


@for_roles(Role.COMMUNICATION)
@never_cache
@require_safe
def team_moderation(request: HttpRequest) -> HttpResponse:
    """What waits, the oldest first, then the pages that were decided about."""
    context = {
        "proposed": [(team, acts.words_of(team).fingerprint) for team in teams.teams_to_read()],
        "texts": teams.texts_to_read(),
        "decided": [
            (team, acts.words_of(team).fingerprint) for team in teams.teams_decided()[:DECIDED_SHOWN]
        ],
    }
    return render(request, "donations/team_moderation.html", context)


@for_roles(Role.COMMUNICATION)
@require_POST
def moderate_team(request: HttpRequest, pk: int) -> HttpResponse:
    """Shows a page, takes it away with a reason, or ends its collection."""
    team, decision = get_object_or_404(Team, pk=pk), request.POST.get("decision", "")
    reason = ReasonForm(request.POST)
    if decision == "hide" and not reason.is_valid():
        return _moderated(request, str(reason.errors["because"][0]))
    try:
        if decision == "open":
            acts.open_team(by=actor(request), team=team, read=request.POST.get("read", ""))
        elif decision == "hide":
            acts.hide_team(by=actor(request), team=team, because=reason.cleaned_data["because"])
        elif decision == "close":
            acts.close_team(by=actor(request), team=team)
        else:
            return _moderated(request, _("Choisissez ce qu’il faut faire de cette page."))
    except AlreadyDone:
        return redirect("team_moderation")
    except WrongState as wrong:
        return _moderated(request, wrong.sentence)
    messages.success(request, _("C’est fait. L’équipe en est prévenue par courriel."))
    return redirect("team_moderation")


@for_roles(Role.COMMUNICATION)
@require_POST
def moderate_team_text(request: HttpRequest, pk: int) -> HttpResponse:
    """Puts new words in the place of the old ones, or refuses them with a reason."""
    text, decision = get_object_or_404(TeamText, pk=pk), request.POST.get("decision", "")
    reason = ReasonForm(request.POST)
    if decision == "refuse" and not reason.is_valid():
        return _moderated(request, str(reason.errors["because"][0]))
    try:
        if decision == "approve":
            acts.approve_text(by=actor(request), text=text)
        elif decision == "refuse":
            acts.refuse_text(by=actor(request), text=text, because=reason.cleaned_data["because"])
        else:
            return _moderated(request, _("Choisissez de publier ou de refuser."))
    except AlreadyDone:
        return redirect("team_moderation")
    except WrongState as wrong:
        return _moderated(request, wrong.sentence)
    messages.success(request, _("C’est fait. L’équipe en est prévenue par courriel."))
    return redirect("team_moderation")


def _moderated(request: HttpRequest, sentence: str) -> HttpResponse:
    messages.error(request, sentence)
    return redirect("team_moderation")
