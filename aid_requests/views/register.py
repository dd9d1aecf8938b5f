"""The lists of enrolled students: brought, their columns named, compared, applied."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aid_requests.actions import register
from aid_requests.forms.register import ApplyForm, ColumnsForm, RegisterUploadForm
from aid_requests.models import RegisterImport
from aid_requests.models.register import WORKING_STATES, ImportState
from aid_requests.register import columns, exports, queries
from aid_requests.register.files import Layout
from aid_requests.register.permissions import BRINGERS, readable_imports, schools_of
from aid_requests.register.reasons import FileFault
from aid_requests.views.actor import actor
from aid_requests.views.register_files import SealingUploadHandler
from fund.roles import for_roles

LISTED = 30


@csrf_exempt
def register_list(request: HttpRequest) -> HttpResponse:
    """Puts the sealing handler in place before anything reads the body; the token is checked right after."""
    request.upload_handlers = [SealingUploadHandler(request)]
    return _register_list(request)


@csrf_protect
@for_roles(*BRINGERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def _register_list(request: HttpRequest) -> HttpResponse:
    """The lists brought so far, and the form that brings another."""
    by, schools = actor(request), schools_of(actor(request))
    form = RegisterUploadForm(
        request.POST if request.method == "POST" else None,
        schools=schools,
        initial={"form_token": uuid.uuid4()},
    )
    if form.is_bound:
        row = _received(request, form)
        if row is not None:
            return redirect("register_import", pk=row.pk)
    page = {
        "form": form,
        "imports": readable_imports(by)[:LISTED],
        "schools": schools,
        "lists": queries.lists_of(by),
    }
    return render(request, "aid_requests/register_list.html", page)


def _received(request: HttpRequest, form: RegisterUploadForm) -> RegisterImport | None:
    """The import of the file that came, or None with the form telling why."""
    is_valid = form.is_valid()
    handler = request.upload_handlers[0]
    if not isinstance(handler, SealingUploadHandler) or handler.sealed is None:
        fault = handler.fault if isinstance(handler, SealingUploadHandler) else None
        form.add_error("file", (fault or FileFault("missing")).message)
        return None
    if not is_valid:
        return None
    told = form.cleaned_data
    row = register.upload_register(
        by=actor(request),
        school=told["school"],
        university_year=told["university_year"],
        file=handler.sealed,
        form_token=told["form_token"],
    )
    if row.state != ImportState.UPLOADED:
        messages.warning(request, _("Ce fichier a déjà été envoyé : voici où il en est."))
    return row


def _own(request: HttpRequest, pk: int) -> RegisterImport:
    """Another school's import is not found."""
    return get_object_or_404(readable_imports(actor(request)), pk=pk)


@for_roles(*BRINGERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def register_import(request: HttpRequest, pk: int) -> HttpResponse:
    """One import: its columns to name, how far the work is, the differences, what came of it."""
    row = _own(request, pk)
    form, fault = _columns_form(request, row)
    if form is not None and request.method == "POST" and form.is_valid():
        try:
            register.choose_columns(by=actor(request), row=row, columns=form.columns, layout=form.layout)
        except FileFault as found:
            form.add_error(None, found.message)
        else:
            return redirect("register_import", pk=pk)
    page = {**_state(row), "form": form, "fault_sentence": fault, "apply_form": ApplyForm()}
    return render(request, "aid_requests/register_import.html", page)


def _columns_form(request: HttpRequest, row: RegisterImport) -> tuple[ColumnsForm | None, str]:
    """(the form that names the columns while they can be named, why the file cannot be read)."""
    if row.state not in (ImportState.UPLOADED, ImportState.COMPARED, ImportState.UNREADABLE):
        return None, ""
    layout = _layout_asked(request, row)
    fault = FileFault(row.fault).message if row.fault else ""
    try:
        titles = register.titles_of(layout)
    except FileFault as found:
        titles, fault = [], found.message
    guessed = row.columns or columns.guess(titles, register.remembered_titles(row.school))
    data = request.POST if request.method == "POST" else None
    return ColumnsForm(data, titles=titles, guessed=guessed, layout=layout), fault


def _layout_asked(request: HttpRequest, row: RegisterImport) -> Layout:
    """As the person says that the file is written, when the form says so."""
    asked = ColumnsForm(request.POST, titles=(), guessed={}, layout=register.layout_of(row))
    asked.full_clean()
    known = {"encoding", "delimiter"} <= set(asked.cleaned_data)
    return asked.layout if request.method == "POST" and known else register.layout_of(row)


def _state(row: RegisterImport) -> dict[str, Any]:
    return {"row": row, "works": row.state in WORKING_STATES, **queries.differences_of(row)}


@for_roles(*BRINGERS)
@never_cache
@require_safe
def register_import_state(request: HttpRequest, pk: int) -> HttpResponse:
    """The part that changes, asked for every two seconds; once the work is done the browser loads the whole page."""
    row = _own(request, pk)
    response = render(request, "aid_requests/_register_progress.html", _state(row))
    if row.state not in WORKING_STATES:
        response["HX-Refresh"] = "true"
    return response


@for_roles(*BRINGERS)
@require_POST
def apply_register(request: HttpRequest, pk: int) -> HttpResponse:
    row = _own(request, pk)
    form = ApplyForm(request.POST)
    if queries.lets_many_go(row) and not form.is_valid():
        page = {**_state(row), "form": _columns_form(request, row)[0], "apply_form": form}
        return render(request, "aid_requests/register_import.html", page)
    register.apply_import(by=actor(request), row=row)
    return redirect("register_import", pk=pk)


@for_roles(*BRINGERS)
@require_POST
def drop_register(request: HttpRequest, pk: int) -> HttpResponse:
    register.drop_import(by=actor(request), row=_own(request, pk))
    messages.success(request, _("Ce fichier est abandonné : rien n’en est gardé."))
    return redirect("register_list")


@for_roles(*BRINGERS)
@never_cache
@require_safe
def register_faults(request: HttpRequest, pk: int) -> HttpResponse:
    """The lines that were not taken, as a table to mend the file by: their numbers and the reasons, nothing of them."""
    row = _own(request, pk)
    response = HttpResponse(exports.faults_csv(row), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="lignes-{row.pk}.csv"'
    return response
