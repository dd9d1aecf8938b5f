"""Bank statements: imported once, and each line told as what it is or why it is parked."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from fund.forms import StatementForm
from fund.models.people import Role
from fund.models.treasury import LineState
from fund.roles import Refused, for_roles
from fund.treasury import queries, settlement
from fund.treasury.statements import import_statement as read_in
from fund.views.frame import READERS, actor, frame
from fund.workflow import AlreadyDone

PAGE_LENGTH = 100


@for_roles(*READERS)
@require_GET
@never_cache
def statement_list(request: HttpRequest) -> HttpResponse:
    return _list(request, StatementForm())


@for_roles(*READERS)
@require_GET
@never_cache
def statement_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One statement: what it says adds up, the parked lines first."""
    statement = get_object_or_404(queries.statements(), pk=pk)
    lines = statement.lines.select_related("statement").order_by("entry_index", "detail_index")
    page = Paginator(lines.filter(state=LineState.MATCHED), PAGE_LENGTH).get_page(request.GET.get("page"))
    context = {
        **frame(request),
        "statement": statement,
        "parked": queries.line_rows(lines.filter(state=LineState.PARKED)),
        "page": page,
        "matched": queries.line_rows(page),
    }
    return render(request, "fund/statement_page.html", context)


@for_roles(Role.TREASURER)
@require_POST
def import_statement(request: HttpRequest) -> HttpResponse:
    form = StatementForm(request.POST, request.FILES)
    if not form.is_valid():
        return _list(request, form, status=422)
    try:
        result = read_in(by=actor(request), data=form.cleaned_data["file"])
    except (Refused, AlreadyDone) as stopped:
        form.add_error(
            "file", str(stopped.refusal.sentence if isinstance(stopped, Refused) else stopped.sentence)
        )
        return _list(request, form, status=409)
    told = ngettext("%(count)d ligne reconnue", "%(count)d lignes reconnues", result.matched) % {
        "count": result.matched
    }
    if result.parked:
        told += ngettext(", %(count)d à rapprocher", ", %(count)d à rapprocher", result.parked) % {
            "count": result.parked
        }
    messages.success(request, _("Relevé lu : %(told)s.") % {"told": told})
    return redirect("statement_page", result.statements[-1].pk)


@for_roles(Role.TREASURER)
@require_POST
def match_lines(request: HttpRequest) -> HttpResponse:
    """Tries the parked lines again: what they waited for may have come since."""
    number = settlement.match_parked_lines(by=actor(request))
    if number:
        told = ngettext(
            "%(count)d ligne a trouvé son écriture.", "%(count)d lignes ont trouvé leur écriture.", number
        )
        messages.success(request, told % {"count": number})
    else:
        messages.warning(request, _("Aucune ligne n’a trouvé son écriture."))
    return redirect("statement_list")


def _list(request: HttpRequest, form: StatementForm, *, status: int = 200) -> HttpResponse:
    context = {
        **frame(request),
        "form": form,
        "statements": queries.statements()[:100],
        "parked": queries.line_rows(queries.parked_lines()[:100]),
        "parked_count": queries.parked_lines().count(),
    }
    return render(request, "fund/statement_list.html", context, status=status)
