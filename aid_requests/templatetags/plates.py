"""What the committee's screening took out of a text, as a hatched plate."""

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from aid_requests.committee.screening import PLATE

register = template.Library()


@register.filter
def plates(text: str) -> SafeString:
    """Each PLATE as « masqué » on a hatched ground; the rest escaped, unless it is HTML already."""
    plate = format_html('<span class="veil">{}</span>', _("masqué"))
    return mark_safe(conditional_escape(text).replace(PLATE, plate))  # noqa: S308 - both parts are escaped
