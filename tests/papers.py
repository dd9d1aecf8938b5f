"""Papers as a student sends them: small, and told apart by their words."""

from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

AUTHOR = "Quartzmarker"  # must not be found in what is kept


def pdf(words: str = "Quittance") -> bytes:
    """One page that says `words`."""
    buffer = BytesIO()
    sheet = Canvas(buffer, pagesize=(300, 200), invariant=1)
    sheet.setAuthor(AUTHOR)
    sheet.drawString(20, 100, words)
    sheet.save()
    return buffer.getvalue()
