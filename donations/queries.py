"""What is asked about gifts by the pages of others: the words that may be shown, and those that wait to be read."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth

from donations.models import Gift, GiftWords
from donations.models.gifts import GiftState, WordsState
from fund import clock, vault

# With fewer gifts in a month, naming the month beside words would tell too nearly what was given.
FEWEST_GIFTS = 5


@dataclass(frozen=True)
class PublicWord:
    """What a donor said in public. `name` is empty for an anonymous one; `month` is the first day of a Paris month.

    Never the day: the open data tell what each day brought, and a day of one gift would tell its amount. For the same
    reason the public is told no month (None) of fewer than FEWEST_GIFTS gifts.
    """

    name: str
    message: str
    month: date | None


def public_words(limit: int) -> list[PublicWord]:
    """The last approved words of gifts that stand, at most `limit`, by month from the newest; never an amount.

    Which ones is decided by the day they were read here, and inside a month chance orders them: neither tells the day.
    A donor who was erased is gone from here at once: the words were written under that donor's key.
    """
    rows = GiftWords.objects.filter(state=WordsState.APPROVED, gift__state=GiftState.SUCCEEDED)
    rows = rows.filter(gift__donor__subject_key__wrapped_key__isnull=False)
    newest = rows.select_related("gift__donor__subject_key").order_by("-decided_at", "-pk")[:limit]
    by_chance = sorted(newest, key=lambda row: row.gift.token.bytes)
    said = [word for row in by_chance if (word := word_of(row)) is not None]
    told = _months_of_many_gifts([word.month for word in said if word.month])
    shown = [word if word.month in told else replace(word, month=None) for word in said]
    return sorted(shown, key=lambda word: word.month or date.min, reverse=True)


def _months_of_many_gifts(months: list[date]) -> set[date]:
    """Those of the months in which enough gifts came, and stand, for one of them to be lost among the others."""
    if not months:
        return set()
    since = datetime.combine(min(months), time(), tzinfo=clock.PARIS)
    came = Gift.objects.filter(state=GiftState.SUCCEEDED, succeeded_at__gte=since)
    by_month = came.annotate(month=TruncMonth("succeeded_at", tzinfo=clock.PARIS)).values("month")
    counted = by_month.annotate(gifts=Count("pk")).order_by("month")
    return {row["month"].date() for row in counted if row["gifts"] >= FEWEST_GIFTS}


def word_of(words: GiftWords) -> PublicWord | None:
    """The words in clear; None when the donor was erased."""
    gift = words.gift
    try:
        said = vault.open_json_for(gift.donor.subject_key, words.text_sealed)
    except vault.Erased:
        return None
    day = clock.paris_date(gift.succeeded_at or gift.created_at)
    return PublicWord(said["name"], said["message"], day.replace(day=1))


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
