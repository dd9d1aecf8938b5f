"""The HTML of a mail, made from its text, so that the two always say the same: one column, one button."""

import re
from collections.abc import Iterator

from django import template
from django.utils.html import format_html, format_html_join, urlize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

register = template.Library()
_ADDRESS = re.compile(r"https?://\S+")
_CODE = re.compile(r"\d{6}")
# Styles stand on the elements: most mail programs throw a style sheet away.
_BUTTON = (
    "display:inline-block;background:#0d5557;color:#ffffff;text-decoration:none;font-weight:600;"
    "padding:12px 20px;border-radius:8px"
)
_DIGITS = "font:600 32px/1.2 Georgia,serif;letter-spacing:6px;margin:0 0 20px"
_TEXT = "margin:0 0 16px"
_SMALL = "margin:-8px 0 20px;font-size:13px;color:#475a5b;word-break:break-all"


@register.filter
def letter(text: str) -> SafeString:
    """Paragraphs; an address alone on its line becomes the button, six digits alone the code."""
    return format_html_join("\n", "{}", ((part,) for part in _parts(text)))


def _parts(text: str) -> Iterator[SafeString]:
    for block in re.split(r"\n\s*\n", text.strip()):
        words: list[str] = []
        for line in block.splitlines():
            special = _special(line.strip())
            if special is None:
                words.append(line.strip())
                continue
            yield from _paragraph(words)
            words = []
            yield special
        yield from _paragraph(words)


def _paragraph(lines: list[str]) -> Iterator[SafeString]:
    said = [mark_safe(urlize(line, autoescape=True)) if "." in line else line for line in lines if line]  # noqa: S308 - urlize escapes
    if said:
        body = format_html_join(mark_safe("<br>"), "{}", ((line,) for line in said))
        yield format_html('<p style="{}">{}</p>', _TEXT, body)


def _special(line: str) -> SafeString | None:
    if _CODE.fullmatch(line):
        return format_html('<p style="{}">{}</p>', _DIGITS, line)
    if _ADDRESS.fullmatch(line):
        return format_html(
            '<p style="{}"><a href="{}" style="{}">{}</a></p><p style="{}">{}</p>',
            _TEXT,
            line,
            _BUTTON,
            _("Ouvrir la page"),
            _SMALL,
            line,
        )
    return None
