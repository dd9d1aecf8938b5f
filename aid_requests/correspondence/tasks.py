"""What the desk of a referent or of the chair says about messages: what is unread, and the errors to settle."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aid_requests.correspondence import threads
from fund.models import User


def told(user: User) -> list[tuple[str, str, str, str, bool]]:
    """(title, detail, address, act, whether it is late) of each thing that waits."""
    tasks = []
    errors = threads.open_errors(user).count()
    if errors:
        title = ngettext("%(n)s erreur signalée à regarder", "%(n)s erreurs signalées à regarder", errors)
        detail = _("L’étudiant·e l’a dite de bonne foi. Rien n’est repris tout seul.")
        tasks.append((title % {"n": errors}, detail, reverse("thread_list"), _("Regarder"), True))
    unread = threads.unread_of_team(user).exclude(pk__in=threads.open_errors(user).values("pk")).count()
    if unread:
        title = ngettext("%(n)s message d’étudiant à lire", "%(n)s messages d’étudiants à lire", unread)
        detail = _("Votre réponse part sans votre nom.")
        tasks.append((title % {"n": unread}, detail, reverse("thread_list"), _("Lire"), False))
    return tasks
