"""A publication on paper: the same figures, charts and words as its page, the same bytes for the same publication."""

from datetime import date
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from django.utils import translation
from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from fund.templatetags.fund_format import day, round_euros
from reports import charts
from reports.charts.palette import TOKENS
from reports.charts.typeface import BOLD, PLAIN
from reports.pdf.letterhead import HEIGHT, draw_letterhead
from reports.snapshot import Snapshot

_INK, _SOFT, _LINE = (HexColor(TOKENS["light"][name]) for name in ("ink", "ink-2", "line"))
_SIDE, _ROWS_SHOWN = 22 * mm, 8
_PADDING = 6  # what reportlab's frame keeps free on each side
_WIDTH = A4[0] - 2 * _SIDE


def _style(
    name: str, size: float, *, font: str = PLAIN, after: float = 4, color: HexColor = _INK
) -> ParagraphStyle:
    return ParagraphStyle(
        name, fontName=font, fontSize=size, leading=size * 1.4, spaceAfter=after, textColor=color
    )


OVER = _style("over", 9, color=_SOFT)
TITLE = _style("title", 19, font=BOLD, after=8)
HEADING = _style("heading", 12, font=BOLD, after=5)
TEXT = _style("text", 10)
SMALL = _style("small", 8, color=_SOFT)
FIGURE = _style("figure", 15, font=BOLD, after=1)
CELL = _style("cell", 8.5, after=0)
CELL_BOLD = _style("cell-bold", 8.5, font=BOLD, after=0)


def publication_pdf(
    snapshot: Snapshot,
    *,
    language: str,
    released_on: date,
    payload_sha256: str,
    address: str,
    title: str,
    intro: str,
) -> bytes:
    """The publication as an A4 document.

    `address` is the absolute URL of its permanent page; the data lies beside it, and `payload_sha256` is its hash.
    """
    with translation.override(language):
        name = _("Publication nº %(number)d") % {"number": snapshot.number}
        content = [
            _text(f"{name}, {day(released_on)}", OVER),
            _text(title, TITLE),
            *[_text(part) for part in intro.split("\n") if part.strip()],
            Spacer(1, 8),
            _figures(snapshot),
            *_about_aid(snapshot),
            *_charts(snapshot),
            KeepTogether(_definitions()),
            KeepTogether(_check(snapshot, payload_sha256, address)),
        ]
        return _build(
            content, title=f"{name}. {title}", foot=name, about=snapshot.campaign, language=language
        )


def _text(words: str, style: ParagraphStyle = TEXT) -> Paragraph:
    """Plain words: whatever a person typed stays text, never markup.

    A paragraph breaks lines at the narrow no-break space, which it does not know; the wide one it keeps together.
    """
    return Paragraph(escape(words.replace("\u202f", "\u00a0")), style)


def _link(address: str) -> Paragraph:
    return Paragraph(f"<link href={quoteattr(address)}><u>{escape(address)}</u></link>", TEXT)


def _figures(snapshot: Snapshot) -> Flowable:
    """At most four figures in a row, each with its words and its day under it."""
    at = {"day": day(snapshot.gifts_as_of)}
    cells = [
        (round_euros(snapshot.raised_cents), _("reçus, au %(day)s") % at),
        (str(snapshot.donors), _("donateurs, au %(day)s") % at),
    ]
    if snapshot.aid is not None:
        named = {"day": day(snapshot.aid.as_of)}
        cells += [
            (round_euros(snapshot.aid.given_cents), _("versés aux élèves, au %(day)s") % named),
            (str(snapshot.aid.students_helped), _("élèves aidés, au %(day)s") % named),
        ]
    row = [[_text(figure, FIGURE), _text(words, SMALL)] for figure, words in cells]
    table = Table([row], colWidths=[_WIDTH / len(row)] * len(row))
    table.setStyle(
        TableStyle(
            [
                ("LINEABOVE", (0, 0), (-1, 0), 0.6, _LINE),
                ("LINEBELOW", (0, 0), (-1, 0), 0.6, _LINE),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ]
        )
    )
    return table


def _about_aid(snapshot: Snapshot) -> list[Flowable]:
    """What is not told about aid, and why: the sentences of the page."""
    aid, sentence = snapshot.aid, ""
    if aid is None:
        sentence = _(
            "Les aides ne sont pas encore publiées : elles le seront quand elles seront assez nombreuses "
            "pour que personne ne s’y reconnaisse."
        )
    elif aid.as_of != snapshot.gifts_as_of:
        sentence = _(
            "Les aides sont arrêtées au %(day)s. Trop peu ont changé depuis : les publier ferait "
            "reconnaître quelqu’un."
        ) % {"day": day(aid.as_of)}
    elif aid.promised_cents is None:
        sentence = _(
            "Le montant décidé qui attend son virement n’est pas donné à part : il concerne trop peu d’élèves."
        )
    return [Spacer(1, 6), _text(sentence, SMALL)] if sentence else []


def _charts(snapshot: Snapshot) -> list[Flowable]:
    names = [name for name in charts.NAMES if snapshot.aid is not None or name == "gifts"]
    parts: list[Flowable] = []
    for name in names:
        drawing = charts.drawing(name, snapshot)
        drawing.renderScale = min(1, _WIDTH / drawing.width)
        finding = _text(charts.finding(name, snapshot), HEADING)
        table = charts.table(name, snapshot, most=_ROWS_SHOWN)
        parts += [Spacer(1, 14), KeepTogether([finding, drawing, Spacer(1, 6), *_table(table)])]
    return parts


def _table(table: charts.Table) -> list[Flowable]:
    last = [table.total] if table.total else []
    rows = [table.headers, *table.rows, *last]
    bold = {0, len(rows) - 1} if table.total else {0}
    right = ParagraphStyle("right", parent=CELL, alignment=2)
    right_bold = ParagraphStyle("right-bold", parent=CELL_BOLD, alignment=2)
    cells = [
        [
            _text(
                cell,
                (CELL_BOLD if line in bold else CELL)
                if not column
                else (right_bold if line in bold else right),
            )
            for column, cell in enumerate(row)
        ]
        for line, row in enumerate(rows)
    ]
    first = _WIDTH * 0.46
    others = (_WIDTH - first) / max(len(table.headers) - 1, 1)
    drawn = Table(cells, colWidths=[first, *[others] * (len(table.headers) - 1)], repeatRows=1)
    drawn.setStyle(
        TableStyle(
            [
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, _LINE),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("RIGHTPADDING", (0, 0), (-1, -1), 0),
            ]
        )
    )
    return [_text(table.caption, SMALL), drawn]


def _definitions() -> list[Flowable]:
    words = (
        (_("Reçu"), _("les dons, moins les remboursements et les contestations perdues")),
        (_("Versé"), _("ce que la banque a débité, moins ce qui est revenu")),
        (_("Décidé"), _("ce qui est accordé et attend son virement")),
        (_("Élèves aidés"), _("des personnes différentes, jamais des dossiers")),
    )
    colon = escape(_(" :"))
    lines = [
        Paragraph(f"<font name='{BOLD}'>{escape(word)}</font>{colon} {escape(meaning)}.", TEXT)
        for word, meaning in words
    ]
    return [Spacer(1, 14), _text(_("Ce que les mots comptent"), HEADING), *lines]


def _check(snapshot: Snapshot, payload_sha256: str, address: str) -> list[Flowable]:
    sealed: list[Flowable] = []
    if snapshot.seal is not None:
        named = _("Scellé nº %(seal)s du grand livre") % {"seal": snapshot.seal}
        sealed = [_text(named, SMALL), _text(snapshot.seal_hash, SMALL)]
    return [
        Spacer(1, 14),
        _text(_("Vérifier ces chiffres"), HEADING),
        _text(
            _(
                "Cette publication ne change plus. Ses chiffres, ses fichiers et ses errata sont à cette adresse :"
            )
        ),
        _link(address),
        _text(_("Empreinte SHA-256 du fichier JSON"), SMALL),
        _text(payload_sha256, SMALL),
        _link(f"{address.rstrip('/')}.json"),
        *sealed,
    ]


class _Pages(Canvas):
    """Writes "page 1 / 3" under each page once their number is known."""

    foot = name = about = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kept: list[dict[str, Any]] = []

    def showPage(self) -> None:
        self._kept.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, kept in enumerate(self._kept, start=1):
            self.__dict__.update(kept)
            draw_letterhead(self, side=_SIDE, name=self.name, about=self.about)
            self.setFont(PLAIN, 8)
            self.setFillColor(_SOFT)
            self.drawString(_SIDE, 12 * mm, self.foot)
            self.drawRightString(A4[0] - _SIDE, 12 * mm, f"{number} / {len(self._kept)}")
            super().showPage()
        super().save()


def _build(content: list[Flowable], *, title: str, foot: str, about: str, language: str) -> bytes:
    buffer = BytesIO()
    document = SimpleDocTemplate(
        buffer,
        pagesize=A4,
        leftMargin=_SIDE - _PADDING,
        rightMargin=_SIDE - _PADDING,
        topMargin=HEIGHT,
        bottomMargin=22 * mm,
        title=title,
        author=_("Cagnotte solidaire"),
        lang="fr-FR" if language == "fr" else "en-GB",
        invariant=1,
    )
    pages = type("Pages", (_Pages,), {"foot": foot, "name": _("Cagnotte solidaire"), "about": about})
    document.build(content, canvasmaker=pages)
    return buffer.getvalue()
