"""What the pages show of a snapshot: charts with their tables, files, and the live rule."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from django.utils.translation import get_language

from fund.models import Campaign
from reports import charts
from reports.addresses import ChartImage, FileName
from reports.figures import LiveFigures
from reports.models import Publication
from reports.models.publications import FileKind
from reports.slide_rule import Rule, draw_rule
from reports.snapshot import AidFigures, Snapshot

ROWS_SHOWN = 8


@dataclass(frozen=True)
class ChartView:
    """One chart: its finding as the title, four drawings, and the same figures as a table."""

    name: str
    finding: str
    description: str
    table: charts.Table
    light: str
    light_narrow: str
    dark: str
    dark_narrow: str


@dataclass(frozen=True)
class FileView:
    """A file to download: its format, address and size in kB, rounded up."""

    label: str
    url: str
    kilobytes: int


def language_shown() -> str:
    return (get_language() or "fr")[:2]


def chart_views(
    snapshot: Snapshot, names: Sequence[str], address: Callable[[ChartImage], str]
) -> list[ChartView]:
    """`address` gives the URL of one drawing. The charts about aid are left out while nothing is told about it."""
    language = language_shown()
    views = []
    for name in names:
        drawings = {
            f"{scheme}{suffix}": address(ChartImage(name, language, scheme, width))
            for scheme in ("light", "dark")
            for width, suffix in (("wide", ""), ("narrow", "_narrow"))
        }
        views.append(
            ChartView(
                name=name,
                finding=charts.finding(name, snapshot),
                description=charts.description(name, snapshot),
                table=charts.table(name, snapshot, most=ROWS_SHOWN),
                **drawings,
            )
        )
    return views


def names_for(snapshot: Snapshot) -> list[str]:
    """Which charts a publication has: those about aid only once something is told about it."""
    return [name for name in charts.NAMES if snapshot.aid is not None or name == "gifts"]


def draw_chart(snapshot: Snapshot, image: ChartImage) -> str:
    """The SVG text of one drawing."""
    scheme = cast(Literal["light", "dark"], image.scheme)
    width = cast(Literal["wide", "narrow"], image.width)
    return charts.svg(image.name, snapshot, language=image.language, scheme=scheme, width=width)


def file_views(publication: Publication, address: Callable[[FileName], str]) -> list[FileView]:
    """The files in the reader's language, PDF first."""
    language = language_shown()
    order = {FileKind.PDF: 0, FileKind.CSV: 1, FileKind.JSON: 2}
    files = publication.files.filter(language__in=(language, "")).defer("data")
    return [
        FileView(
            label=file.kind.upper(),
            url=address(FileName(file.kind, file.language)),
            kilobytes=-(-file.size // 1000),
        )
        for file in sorted(files, key=lambda file: order[FileKind(file.kind)])
    ]


def live_rule(live: LiveFigures, aid: AidFigures | None, campaign: Campaign | None) -> Rule:
    """Above what came in until now; below what was told about aid on its day, today's fees, and the rest in words.

    The rest is drawn from live gifts and released figures only: it is not what is left, and no amount is set to it.
    """
    spent = [("fee", live.fees_cents)]
    if aid is not None:
        spent = [("out", aid.given_cents), ("held", aid.promised_cents or 0), *spent]
    return draw_rule(live.raised_cents, spent, campaign.goal_cents if campaign else 0)


def wording_of(publication: Publication) -> dict[str, str]:
    """Title and introduction in the reader's language, and the language they are really in."""
    if language_shown() == "en" and publication.title_en and publication.intro_en:
        return {"title": publication.title_en, "intro": publication.intro_en, "lang": "en"}
    return {"title": publication.title, "intro": publication.intro, "lang": "fr"}
