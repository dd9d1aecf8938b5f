"""Papers that grants wait for, as a referent or the chair looks at them: what was brought, nothing else of the file."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from aid_requests.committee import actions, awaiting, papers
from aid_requests.forms.committee import PaperFaultForm
from aid_requests.models import BroughtPaper, Decision
from aid_requests.views.actor import actor
from aid_requests.views.files import paper_download
from fund import audit
from fund.models.people import Role
from fund.roles import for_roles

RULERS = (Role.REFERENT, Role.CHAIR)


@for_roles(*RULERS)
@require_GET
@never_cache
def awaited_papers(request: HttpRequest) -> HttpResponse:
    """Every file whose papers this person looks at, the first to end first."""
    language = get_language() or "fr"
    rows = [
        (decision, papers.asked_papers(decision, language), papers.last_day(decision))
        for decision in awaiting.awaited_for(actor(request))
    ]
    return render(request, "aid_requests/awaited_papers.html", {"rows": rows})


@for_roles(*RULERS)
@require_GET
@never_cache
def awaited_page(request: HttpRequest, token: UUID) -> HttpResponse:
    """The papers of one file."""
    return _show(request, get_object_or_404(awaiting.awaited_for(actor(request)), request__token=token))


@for_roles(*RULERS)
@require_POST
def awaited_file(request: HttpRequest, paper: UUID) -> HttpResponse:
    """A brought paper, as a download that leaves an audit event."""
    brought = _paper(request, paper)
    document = brought.document
    audit.record(
        "document.read",
        document,
        by=actor(request),
        request=brought.decision.request_id,
        sha256=document.sha256,
    )
    return paper_download(document)


@for_roles(*RULERS)
@require_POST
def accept_paper(request: HttpRequest, paper: UUID) -> HttpResponse:
    """The paper does; the last one grants."""
    brought = _paper(request, paper)
    granted = actions.accept_paper(by=actor(request), paper=brought)
    if granted is None:
        messages.success(request, _("La pièce est acceptée. Il en manque encore."))
        return redirect("awaited_page", token=brought.decision.request.token)
    messages.success(
        request, _("%(reference)s : tout est là, l’aide part.") % {"reference": granted.request.reference}
    )
    return redirect("awaited_papers")


@for_roles(*RULERS)
@require_POST
def return_paper(request: HttpRequest, paper: UUID) -> HttpResponse:
    """The paper does not do, and the student reads why."""
    brought = _paper(request, paper)
    form = PaperFaultForm(request.POST)
    if not form.is_valid():
        return _show(request, brought.decision, form=form, status=422)
    actions.return_paper(by=actor(request), paper=brought, fault=form.cleaned_data["fault"])
    messages.success(request, _("C’est noté. L’élève lit pourquoi, et peut envoyer une autre pièce."))
    return redirect("awaited_page", token=brought.decision.request.token)


def _paper(request: HttpRequest, token: UUID) -> BroughtPaper:
    """A paper of a file that waits, if this person looks at it; any other is not found."""
    mine = awaiting.awaited_for(actor(request))
    papers_of_mine = BroughtPaper.objects.filter(decision__in=mine.values("pk"))
    rows = papers_of_mine.select_related(
        "document__request__applicant__subject_key", "decision__request__scheme_version"
    )
    return get_object_or_404(rows.defer("decision__letter_sealed"), token=token)


def _show(
    request: HttpRequest, decision: Decision, *, form: PaperFaultForm | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "decision": decision,
        "asked_papers": papers.asked_papers(decision, get_language() or "fr"),
        "until": papers.last_day(decision),
        "form": form or PaperFaultForm(),
    }
    return render(request, "aid_requests/awaited_page.html", context, status=status)
