"""A donor's own acts in the own space: who gives, for the receipts to come, and what one wants to be written."""

from django.conf import settings
from django.db import transaction

from donations import givers, notifications, space
from donations.givers import Giver
from donations.models import Donor, Gift, PreferenceChoice, Receipt
from donations.models.gifts import GiftState, GiverKind
from donations.models.receipts import VoidReason
from donations.receipts import issuing, queries, voiding
from fund import audit, clock, workflow

# The sentence that stood beside the box (its French is in the template of this name); another sentence, another name.
WORDING = "news-1"
SPACE, ONE_CLICK = "space", "one_click"


def complete_giver(*, donor: Donor, giver: Giver) -> int:
    """Who gives, from now on and for the gifts on no receipt yet; how many gifts changed.

    A company is known by its SIREN: another company's gifts stay as they are, and a person's too. Single gifts that no
    receipt could name a giver of have theirs asked for: telling one's address is asking (decision 0014). Raises Erased.
    """
    with transaction.atomic():
        donor = workflow.lock(Donor, donor.pk)
        # Locked before they are read: a receipt being made of one names the giver that it read under this lock.
        issuing.lock_gifts(space.gifts_to_complete(donor, kind=giver.kind).values_list("pk", flat=True))
        gifts = [
            gift
            for gift in space.gifts_to_complete(donor, kind=giver.kind)
            if giver.kind != GiverKind.COMPANY or givers.giver_of(gift).siren == giver.siren
        ]
        nameless = [gift for gift in gifts if not givers.giver_of(gift).can_have_a_receipt]
        for gift in gifts:
            gift.giver_sealed = givers.seal(giver, donor)
            gift.save(update_fields=["giver_sealed"])
        if givers.giver_as_last_told(donor).kind == giver.kind:
            donor.identity_sealed = givers.seal(giver, donor)
            donor.save(update_fields=["identity_sealed"])
        if giver.can_have_a_receipt:
            _ask_for_receipts(nameless)
        audit.record("donor.completed", donor, by=None, gifts=len(gifts))
        return len(gifts)


def _ask_for_receipts(gifts: list[Gift]) -> None:
    """Of locked gifts; a month waits for the year's run, a second payment for what becomes of it.

    One whose receipt was ended because the donor wanted none is asked for anew; never one issued by mistake.
    """
    if queries.standing_basis() is None:
        return
    aside = queries.set_aside_of(gifts)
    for gift in gifts:
        first = gift.paid_twice_as
        stands_alone = first is None or first.state == GiftState.UNDONE
        if gift.pk not in aside and stands_alone and queries.certifiable_cents(gift):
            issuing.ask_for_receipt(gift)
    unwanted = Receipt.objects.filter(lines__gift__in=aside, void__reason=VoidReason.ASKED)
    for pk in unwanted.order_by("-pk").values_list("pk", flat=True).distinct():
        voiding.issue_anew.enqueue(pk)


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
