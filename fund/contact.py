"""Where the foundation is written to."""

from fund.models import Foundation


def contact_email() -> str:
    """The foundation's address to write to; "" before the foundation is described."""
    return Foundation.objects.values_list("contact_email", flat=True).first() or ""
