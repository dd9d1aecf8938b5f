"""What is asked about gifts by the pages of others: the words that may be shown, and those that wait to be read."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from donations.models import GiftWords
from donations.models.gifts import GiftState, WordsState
from fund import clock, vault


@dataclass(frozen=True)
class PublicWord:
    """What a donor said in public. `name` is empty for an anonymous one; `given_on` is a Paris date."""

    name: str
    message: str
    given_on: date


def public_words(limit: int) -> list[PublicWord]:
    """The newest approved words of gifts that stand, at most `limit`; never an amount beside a name.

    A donor who was erased is gone from here at once: the words were written under that donor's key.
    """
    rows = GiftWords.objects.filter(state=WordsState.APPROVED, gift__state=GiftState.SUCCEEDED)
    rows = rows.filter(gift__donor__subject_key__wrapped_key__isnull=False)
    newest = rows.select_related("gift__donor__subject_key").order_by("-gift__succeeded_at", "-pk")[:limit]
    return [word for row in newest if (word := word_of(row)) is not None]


def word_of(words: GiftWords) -> PublicWord | None:
    """The words in clear; None when the donor was erased."""
    gift = words.gift
    try:
        said = vault.open_json_for(gift.donor.subject_key, words.text_sealed)
    except vault.Erased:
        return None
    return PublicWord(said["name"], said["message"], clock.paris_date(gift.succeeded_at or gift.created_at))


def words_to_read() -> QuerySet[GiftWords]:
    """Words of gifts that arrived, not yet read, the oldest first."""
    waiting = GiftWords.objects.filter(state=WordsState.WAITING, gift__state=GiftState.SUCCEEDED)
    return waiting.select_related("gift__donor__subject_key", "gift__pocket").order_by("pk")


def words_read() -> QuerySet[GiftWords]:
    """Words that somebody decided about, the newest decision first."""
    decided = GiftWords.objects.exclude(state=WordsState.WAITING)
    return decided.select_related("gift__donor__subject_key", "decided_by").order_by("-decided_at", "-pk")


def waiting_words_count() -> int:
    return words_to_read().count()
