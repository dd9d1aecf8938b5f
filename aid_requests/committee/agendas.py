"""Which agenda has a file: what a sitting or a consultation that is convened binds, and which votes still stand."""

from django.db.models import OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from aid_requests.models import AgendaItem, AidRequest
from aid_requests.models.sittings import BINDING, ItemState, SittingKind, SittingState
from fund import clock
from fund.roles import Refusal
from fund.templatetags.fund_format import moment

# Of votes: an adjourned file is voted on anew at the next sitting; what was said at the former one stays written.
STANDING = Q(agenda_item=None) | ~Q(agenda_item__state=ItemState.ADJOURNED)


def binding_item(request: AidRequest) -> AgendaItem | None:
    """The item through which alone this file takes votes: of a sitting that is convened or open."""
    items = AgendaItem.objects.filter(request=request, ended_at=None, sitting__state__in=BINDING)
    return items.select_related("sitting__rules").first()


def on_an_agenda() -> QuerySet[AgendaItem]:
    """For a queryset of requests: the item that binds each."""
    return AgendaItem.objects.filter(request=OuterRef("pk"), ended_at=None, sitting__state__in=BINDING)


def in_a_sitting() -> QuerySet[AgendaItem]:
    """The same, of a sitting, where nobody votes in writing."""
    return on_an_agenda().exclude(sitting__kind=SittingKind.CONSULTATION)


def written_refusal(item: AgendaItem) -> Refusal | None:
    """Why the file of this item takes no vote in writing now."""
    sitting = item.sitting
    if not sitting.is_consultation:
        when = {"when": moment(sitting.scheduled_at)}
        return Refusal("on_agenda", _("Ce dossier se vote en séance, le %(when)s.") % when)
    if sitting.state != SittingState.OPEN:
        return Refusal("not_begun", _("Cette consultation n’a pas commencé."))
    if sitting.ends_at is not None and clock.moment() >= sitting.ends_at:
        return Refusal("ended", _("Cette consultation est terminée : votre vote n’a pas été compté."))
    return None
