"""A donor's own acts in the own space: who gives, for the receipts to come, and what one wants to be written."""

from django.conf import settings
from django.db import transaction

from donations import givers, notifications, space
from donations.givers import Giver
from donations.models import Donor, PreferenceChoice
from donations.models.gifts import GiverKind
from fund import audit, clock, workflow

# The sentence that stood beside the box (its French is in the template of this name); another sentence, another name.
WORDING = "news-1"
SPACE, ONE_CLICK = "space", "one_click"


def complete_giver(*, donor: Donor, giver: Giver) -> int:
    """Who gives, from now on and for the gifts on no receipt yet; how many gifts changed.

    A company is known by its SIREN: another company's gifts stay as they are, and a person's too. Raises Erased.
    """
    with transaction.atomic():
        donor = workflow.lock(Donor, donor.pk)
        gifts = [
            gift
            for gift in space.gifts_to_complete(donor, kind=giver.kind)
            if giver.kind != GiverKind.COMPANY or givers.giver_of(gift).siren == giver.siren
        ]
        for gift in gifts:
            gift.giver_sealed = givers.seal(giver, donor)
            gift.save(update_fields=["giver_sealed"])
        if givers.giver_as_last_told(donor).kind == giver.kind:
            donor.identity_sealed = givers.seal(giver, donor)
            donor.save(update_fields=["identity_sealed"])
        audit.record("donor.completed", donor, by=None, gifts=len(gifts))
        return len(gifts)


def choose_preferences(*, donor: Donor, language: str, wants_news: bool) -> None:
    """The language of the mails, and whether news are wanted. Each choice is kept as its proof (law.md §5)."""
    with transaction.atomic():
        donor = workflow.lock(Donor, donor.pk)
        if language in dict(settings.LANGUAGES) and language != donor.language:
            donor.language = language
            donor.save(update_fields=["language"])
        _choose_news(donor, wants_news=wants_news, chosen_from=SPACE)


def refuse_news(*, donor: Donor) -> None:
    """The one-click link of a mail: no news any more; again does nothing more."""
    with transaction.atomic():
        _choose_news(workflow.lock(Donor, donor.pk), wants_news=False, chosen_from=ONE_CLICK)


def _choose_news(donor: Donor, *, wants_news: bool, chosen_from: str) -> None:
    if space.wants_news(donor) == wants_news:
        return
    choice = PreferenceChoice.objects.create(
        donor=donor,
        wants_news=wants_news,
        wording=WORDING,
        language=donor.language,
        chosen_from=chosen_from,
        chosen_at=clock.moment(),
    )
    audit.record("donor.preference", donor, by=None, choice=choice.pk, wants_news=wants_news)
    if wants_news:
        notifications.confirm_news(choice)
