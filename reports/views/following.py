"""A donor follows one gift: what it paid, as far as that tells nothing about a student. No account is needed."""

import hashlib
import uuid
from dataclasses import dataclass
from typing import Literal, cast

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from donations.models import Gift
from donations.models.gifts import RECEIVED_STATES
from fund.templatetags.fund_format import month, round_euros
from reports.addresses import ChartImage
from reports.charts import follow as bar
from reports.following import Part, Story, follow, scheme_titles
from reports.presentation import language_shown
from reports.views.headers import kept_answer

NAME = "part"
PICTURE_SECONDS = 300


@dataclass(frozen=True)
class Row:
    """One line of the table, and the same in a sentence."""

    when: str
    what: str
    cents: int
    sentence: str


@login_not_required
@never_cache
@require_safe
def follow_gift(request: HttpRequest, token: uuid.UUID) -> HttpResponse:
    """The page behind the gift's own token."""
    with transaction.atomic():
        gift = get_object_or_404(Gift.objects.select_related("pocket"), token=token)
        if gift.state not in RECEIVED_STATES:
            return render(request, "reports/follow_not_yet.html", {"gift": gift})
        story = follow(gift)
    titles = scheme_titles(sorted({part.scheme for part in story.parts if part.scheme}), language_shown())
    context = {
        "gift": gift,
        "story": story,
        "rows": [_row(part, story, titles) for part in story.parts],
        "description": bar.description(story),
        "beyond": -story.beyond_cents,
        "pictures": _pictures(token),
    }
    return render(request, "reports/follow.html", context)


@login_not_required
@require_safe
def follow_picture(request: HttpRequest, token: uuid.UUID, image: ChartImage) -> HttpResponse:
    """The bar of the gift, as an image; for the donor's own browser."""
    with transaction.atomic():
        gift = get_object_or_404(Gift, token=token, state__in=RECEIVED_STATES)
        story = follow(gift)
    scheme = cast(Literal["light", "dark"], image.scheme)
    width = cast(Literal["wide", "narrow"], image.width)
    data = bar.svg(story, language=image.language, scheme=scheme, width=width).encode()
    return kept_answer(
        request,
        data,
        content_type="image/svg+xml; charset=utf-8",
        etag=hashlib.sha256(data).hexdigest(),
        cache=f"private, max-age={PICTURE_SECONDS}",
    )


def _pictures(token: uuid.UUID) -> dict[str, str]:
    language = language_shown()
    return {
        f"{scheme}{suffix}": reverse(
            "follow_picture", kwargs={"token": token, "image": ChartImage(NAME, language, scheme, width)}
        )
        for scheme in ("light", "dark")
        for width, suffix in (("wide", ""), ("narrow", "_narrow"))
    }


def _row(part: Part, story: Story, titles: dict[str, str]) -> Row:
    what = titles[part.scheme] if part.scheme else _("Aides aux étudiantes et aux étudiants")
    return Row(_when(part), what, part.cents, _sentence(part, story, titles))


def _when(part: Part) -> str:
    if part.first == part.last:
        return month(part.first)
    return _("entre %(first)s et %(last)s") % {"first": month(part.first), "last": month(part.last)}


def _sentence(part: Part, story: Story, titles: dict[str, str]) -> str:
    values = {
        "part": round_euros(abs(part.cents)),
        "amount": round_euros(story.amount_cents),
        "scheme": titles.get(part.scheme, ""),
        "first": month(part.first),
        "last": month(part.last),
    }
    if part.cents < 0:
        return _("Plus tard, d’autres dons ont pris le relais pour %(part)s.") % values
    if part.scheme:
        return (
            _("%(part)s de vos %(amount)s ont payé des aides du dispositif « %(scheme)s », en %(first)s.")
            % values
        )
    if part.first == part.last:
        return (
            _("%(part)s de vos %(amount)s ont payé des aides aux étudiantes et aux étudiants, en %(first)s.")
            % values
        )
    return (
        _(
            "%(part)s de vos %(amount)s ont payé des aides aux étudiantes et aux étudiants, entre %(first)s et "
            "%(last)s."
        )
        % values
    )
