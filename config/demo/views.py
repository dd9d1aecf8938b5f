"""The people of the demo: become one of them with a click; and what of the demo is invented."""

from dataclasses import dataclass, replace

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from config.demo import cast
from config.demo.models import DemoPerson
from fund import second_factor
from fund.roles import StrOrPromise


@dataclass(frozen=True)
class Group:
    """People who do one part of the work, with a sentence that says what to try."""

    code: str
    title: StrOrPromise
    does: StrOrPromise
    people: tuple[DemoPerson, ...] = ()


GROUPS = (
    Group(
        cast.DONOR_GROUP,
        _("Suivre ses dons"),
        _("Retrouver ses dons, ses reçus et ce que l’argent a payé ; régler son don mensuel."),
    ),
    Group(
        cast.STUDENT_GROUP,
        _("Demander une aide"),
        _("Commencer une demande, suivre la sienne, corriger un compte que la banque a refusé."),
    ),
    Group(
        cast.SCHOOL_GROUP,
        _("Confirmer une inscription"),
        _("L’école dit seulement que la personne est inscrite : elle ne lit pas le récit."),
    ),
    Group(
        cast.COMMITTEE_GROUP,
        _("Décider"),
        _("Lire sans les noms, voter à deux, réexaminer ce que d’autres ont refusé."),
    ),
    Group(
        cast.TREASURY_GROUP,
        _("Payer"),
        _("Préparer un lot, le faire signer par l’autre, lire le relevé de la banque."),
    ),
    Group(
        cast.TELLING_GROUP,
        _("Publier"),
        _("Relire les messages des donateurs, préparer une publication, la faire publier par l’autre."),
    ),
    Group(
        cast.AUDIT_GROUP,
        _("Contrôler"),
        _("Tout lire, ne rien changer."),
    ),
)


@login_not_required
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Who one can become, by what they do, and the path to walk with them."""
    listed = list(DemoPerson.objects.select_related("user").order_by("position"))
    groups = [
        replace(group, people=tuple(person for person in listed if person.group == group.code))
        for group in GROUPS
        if listed
    ]
    return render(request, "demo/people.html", {"groups": groups})


@login_not_required
@require_safe
def invented(request: HttpRequest) -> HttpResponse:
    """What is real of this demo and what is made up."""
    return render(request, "demo/invented.html")


@login_not_required
@require_POST
def become(request: HttpRequest, pk: int) -> HttpResponse:
    """Signs in as a person of the cast: only those listed, never an account that somebody made."""
    person = get_object_or_404(DemoPerson.objects.select_related("user"), pk=pk)
    login(request, person.user, backend="django.contrib.auth.backends.ModelBackend")
    second_factor.note_demo(request)
    return redirect("desk")
