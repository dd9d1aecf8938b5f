"""What the desk says of the schools' lists: what waits there, and a person's own past acts in words."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from aid_requests.models.register import ImportState
from aid_requests.register.permissions import readable_imports
from fund.models import User

ACTS = {
    "register.uploaded": gettext_lazy("Vous avez apporté une liste d’inscrits"),
    "register.applying": gettext_lazy("Vous avez appliqué une liste d’inscrits"),
    "register.dropped": gettext_lazy("Vous avez abandonné une liste d’inscrits"),
    "invitations.made": gettext_lazy("Vous avez préparé des invitations"),
    "invitations.sent": gettext_lazy("Vous avez envoyé des invitations"),
    "invitations.ended": gettext_lazy("Vous avez arrêté des invitations"),
}


def told(user: User) -> list[tuple[str, str, str, str]]:
    """(title, detail, address, act) of the files whose differences nobody has decided on."""
    waiting = list(readable_imports(user).filter(state=ImportState.COMPARED))
    if not waiting:
        return []
    title = ngettext(
        "%(n)s liste d’inscrits à appliquer", "%(n)s listes d’inscrits à appliquer", len(waiting)
    ) % {"n": len(waiting)}
    url = reverse("register_import", args=[waiting[0].pk]) if len(waiting) == 1 else reverse("register_list")
    return [(title, _("Les différences sont prêtes à lire."), url, _("Lire les différences"))]
