"""The administrators' page of texts: what stands, what ended, and a form for the next one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from fund import legal_bases as bases
from fund.legal_basis_form import BasisForm
from fund.models import LegalBasis
from fund.models.people import Role
from fund.roles import for_roles
from fund.views.frame import actor
from fund.workflow import AlreadyDone


@for_roles(Role.ADMINISTRATOR)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def legal_bases(request: HttpRequest) -> HttpResponse:
    """Every text ever recorded, and the form that records one."""
    form = BasisForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        bases.record_basis(by=actor(request), basis=form.basis())
        messages.success(request, _("Ce texte est inscrit : il s’applique dès maintenant."))
        return redirect("legal_bases")
    rows = LegalBasis.objects.select_related("school", "recorded_by", "ended_by").order_by("-pk")
    shown = {
        "form": form,
        "standing": [row for row in rows if row.ended_at is None],
        "ended": [row for row in rows if row.ended_at is not None],
    }
    return render(request, "fund/legal_bases.html", shown, status=422 if form.is_bound else 200)


@for_roles(Role.ADMINISTRATOR)
@require_POST
def end_legal_basis(request: HttpRequest, pk: int) -> HttpResponse:
    """From now on the text stands no more; a second click says nothing new."""
    basis = get_object_or_404(LegalBasis, pk=pk)
    try:
        bases.end_basis(by=actor(request), basis=basis)
    except AlreadyDone as done:
        messages.info(request, done.sentence)
    else:
        messages.success(request, _("Ce texte ne s’applique plus. Ce qu’il a permis reste."))
    return redirect("legal_bases")
