"""Money, dates and icons in templates: one format everywhere, in the reader's language."""

from datetime import date, datetime

from babel.dates import format_date as babel_date
from babel.dates import format_time
from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from fund import clock, money
from fund.treasury.reasons import returned_because

register = template.Library()


def _language() -> str:
    return (get_language() or "fr")[:2]


@register.filter
def euros(cents: int | None) -> str:
    """« 1 234,50 € »."""
    return "" if cents is None else money.format_euros(int(cents), _language())


@register.filter
def round_euros(cents: int | None) -> str:
    """« 1 235 € » when the amount is whole, else with its cents: never a rounded figure."""
    return "" if cents is None else money.format_euros(int(cents), _language(), cents_shown=False)


@register.filter
def big_euros(cents: int | None) -> SafeString:
    """« 1 234,50 € » with the cents and the sign small, for figures that are read first."""
    text = euros(cents)
    mark = "," if _language() == "fr" else "."
    whole, dot, rest = text.rpartition(mark)
    return (
        format_html('{}<span class="minor">{}</span>', whole, dot + rest) if dot else format_html("{}", text)
    )


@register.filter
def address_lines(email: str) -> SafeString:
    """An e-mail address that a narrow phone may break after its « @ », not in the middle of a word."""
    name, mark, domain = email.partition("@")
    return format_html("{}{}<wbr>{}", name, mark, domain)


@register.filter
def weekday(value: date) -> str:
    """« Vendredi 15 mai 2020 », the way a page begins its day."""
    name = babel_date(value, "EEEE", locale=_locale())
    return f"{name[:1].upper()}{name[1:]} {day(value)}"


@register.filter
def return_words(code: str) -> str:
    """Why a bank gave money back: « compte fermé (AC04) »."""
    return returned_because(code)


@register.filter
def day(value: date | datetime | None) -> str:
    """« 15 mai 2020 », the Paris date; the first of a month is « 1er » in French."""
    if value is None:
        return ""
    when = clock.paris_date(value) if isinstance(value, datetime) else value
    if _language() == "fr" and when.day == 1:
        return babel_date(when, "'1er' MMMM y", locale="fr")
    return babel_date(when, "long", locale=_locale())


@register.filter
def moment(value: datetime | None) -> str:
    """« 15 mai 2020, 9 h 12 » in Paris time."""
    if value is None:
        return ""
    local = value.astimezone(clock.PARIS)
    if _language() == "fr":
        return f"{day(value)}, {local.hour}\u00a0h\u00a0{local.minute:02d}"
    return f"{day(value)}, {format_time(local, 'HH:mm', locale='en_GB', tzinfo=clock.PARIS)}"


@register.filter
def short_day(value: date | datetime | None) -> str:
    """« 14 mai »."""
    if value is None:
        return ""
    when = clock.paris_date(value) if isinstance(value, datetime) else value
    return babel_date(when, "d MMM", locale=_locale())


@register.filter
def month(value: date) -> str:
    """« mai 2020 »."""
    return babel_date(value, "LLLL y", locale=_locale())


@register.filter
def iso(value: date | datetime | None) -> str:
    """For the `datetime` attribute of `<time>`."""
    return "" if value is None else value.isoformat()


@register.filter
def file_size(count: int) -> str:
    """« 139 ko » or « 1,4 Mo » out of bytes: decimal units, as the limits are told."""
    kilo, mega = ("ko", "Mo") if _language() == "fr" else ("kB", "MB")
    if count < 999_500:
        return f"{max(1, round(count / 1_000))}\u00a0{kilo}"
    number = f"{count / 1_000_000:.1f}"
    return f"{number.replace('.', ',') if _language() == 'fr' else number}\u00a0{mega}"


def _locale() -> str:
    return "fr" if _language() == "fr" else "en_GB"


@register.simple_tag
def icon(name: str) -> SafeString:
    """A drawing of the sprite, hidden from screen readers: the words beside it say the same."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        static("icons.svg"),
        name,
    )


__all__ = [
    "big_euros",
    "day",
    "euros",
    "icon",
    "iso",
    "moment",
    "month",
    "register",
    "return_words",
    "round_euros",
    "short_day",
    "weekday",
]
