"""The same vote on many files: listed, confirmed, and followed while the worker casts it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from aid_requests.committee import actions, queries, reasons, vote_batches
from aid_requests.committee.filters import QueueFilter
from aid_requests.forms.vote_batches import ConfirmedForm, ManyVotesForm, TickedForm
from aid_requests.models import AidRequest, VoteBatch
from aid_requests.models.decisions import VoteChoice
from aid_requests.views.actor import actor
from fund.models.people import Role
from fund.roles import Refused, for_roles
from fund.treasury import cash

_SPENDS_NOTHING = (VoteChoice.REFUSE, VoteChoice.ABSTAIN)


@for_roles(Role.MEMBER, Role.CHAIR)
@require_POST
@never_cache
def list_votes(request: HttpRequest) -> HttpResponse:
    """Lists exactly what would be voted on: nothing is written here."""
    by, form = actor(request), TickedForm(request.POST)
    if "all" in request.POST:
        filters = QueueFilter(QueryDict(request.POST.get("everything", "")), queryset=queries.unread(by))
        files = list(filters.qs[: vote_batches.MOST])
        asked = len(files)
    else:
        files, asked = vote_batches.ticked(by, form.tokens()), len(set(form.tokens()))
    return _confirm(request, form, files, left_out=asked - len(files))


@for_roles(Role.MEMBER, Role.CHAIR)
@require_POST
@never_cache
def cast_votes(request: HttpRequest) -> HttpResponse:
    """Hands the confirmed list to the worker and shows how far it is."""
    by, form = actor(request), ConfirmedForm(request.POST)
    if form.is_valid():
        try:
            batch = actions.open_batch(by=by, language=(get_language() or "fr")[:2], **form.cleaned_data)
            return redirect("vote_batch", batch.token)
        except Refused as refused:
            form.add_error(None, str(refused.refusal.sentence))
    listed = form.cleaned_data.get("listed", [])
    files = vote_batches.ticked(by, [one.token for one in listed])
    return _confirm(request, form, files, left_out=len(listed) - len(files))


def _confirm(
    request: HttpRequest, told: ManyVotesForm, files: list[AidRequest], *, left_out: int
) -> HttpResponse:
    """The files, their sum, what would be left, and a form that sends just them; 422 with what is to be mended."""
    if not files:
        damaged = told.errors.get("listed")
        messages.warning(
            request,
            str(damaged[0]) if damaged else _("Cochez d’abord des dossiers qui attendent votre vote."),
        )
        return redirect("request_queue")
    chosen = {name: told.data.get(name, "") for name in ("choice", "reason_code")}
    listed = ",".join(map(str, vote_batches.listed_of(files)))
    sum_cents = sum(file.amount_cents or 0 for file in files)
    page = {
        "files": files,
        "left_out": left_out,
        "told": told,
        "form": ConfirmedForm(initial={**chosen, "listed": listed}),
        "choice": VoteChoice(chosen["choice"]).label if told.is_valid() else "",
        "reason": reasons.REFUSALS.get(chosen["reason_code"], "")
        if chosen["choice"] == VoteChoice.REFUSE
        else "",
        "sum_cents": sum_cents,
        "budget": cash.budget(0 if chosen["choice"] in _SPENDS_NOTHING else sum_cents),
    }
    return render(request, "aid_requests/list_votes.html", page, status=422 if told.errors else 200)


@for_roles(Role.MEMBER, Role.CHAIR)
@require_safe
@never_cache
def vote_batch(request: HttpRequest, token: UUID) -> HttpResponse:
    """How far the votes are, and the files left untouched with their sentence."""
    return render(request, "aid_requests/vote_batch.html", _state(_own(request, token)))


@for_roles(Role.MEMBER, Role.CHAIR)
@require_safe
@never_cache
def vote_batch_state(request: HttpRequest, token: UUID) -> HttpResponse:
    """The part that changes, asked for every two seconds; once all is done the browser loads the whole page."""
    batch = _own(request, token)
    response = render(request, "aid_requests/_vote_batch_progress.html", _state(batch))
    if batch.finished_at is not None:
        response["HX-Refresh"] = "true"
    return response


def _own(request: HttpRequest, token: UUID) -> VoteBatch:
    return get_object_or_404(vote_batches.batches_of(actor(request)), token=token)


def _state(batch: VoteBatch) -> dict[str, Any]:
    return {"batch": batch, "works": batch.finished_at is None, "progress": vote_batches.progress_of(batch)}
