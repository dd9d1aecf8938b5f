"""The mailbox page: what the people of the demo were written, newest first."""

import hashlib

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config.demo.models import MailboxMail
from fund import clock

SHOWN = 40


@login_not_required
@never_cache
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """Open to every visitor of the demo. `of` is a short hash: no address stands in an URL, invented or not.

    A hash of nobody shows an empty box, not everybody's mail.
    """
    addresses = MailboxMail.objects.order_by("to").values_list("to", flat=True).distinct()
    choices = {_mark_of(address): address for address in addresses}
    chosen = request.GET.get("of", "")
    mails = MailboxMail.objects.order_by("-pk")
    if chosen:
        mails = mails.filter(to=choices[chosen]) if chosen in choices else mails.none()
    # Rows keep real time; the texts speak of the demo's day, and so must the dates above them.
    dated = [(mail, mail.sent_at - clock.shift()) for mail in mails[:SHOWN]]
    context = {
        "mails": dated,
        "choices": choices.items(),
        "chosen": chosen,
        "is_unknown": bool(chosen) and chosen not in choices,
    }
    return render(request, "demo/mailbox.html", context)


def _mark_of(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()[:10]
