"""The mailbox page: what the people of the demo were written, newest first."""

import hashlib

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config.demo.models import MailboxMail

SHOWN = 40


@login_not_required
@never_cache
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """Open to every visitor of the demo. `of` is a short hash: no address stands in an URL, invented or not."""
    addresses = MailboxMail.objects.order_by("to").values_list("to", flat=True).distinct()
    choices = {_mark_of(address): address for address in addresses}
    chosen = request.GET.get("of", "")
    mails = MailboxMail.objects.order_by("-pk")
    if chosen in choices:
        mails = mails.filter(to=choices[chosen])
    context = {"mails": mails[:SHOWN], "choices": choices.items(), "chosen": chosen}
    return render(request, "demo/mailbox.html", context)


def _mark_of(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()[:10]
