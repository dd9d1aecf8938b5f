"""The parts of addresses that name a chart or a file of a publication."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ChartImage:
    """One drawing of one chart: « gifts-fr-dark-narrow »."""

    name: str
    language: str
    scheme: str
    width: str = "wide"

    def __str__(self) -> str:
        narrow = "-narrow" if self.width == "narrow" else ""
        return f"{self.name}-{self.language}-{self.scheme}{narrow}"


class ChartImageConverter:
    """For `path()`: only charts, languages and schemes that exist."""

    regex = "(?:rule|gifts|aid)-(?:fr|en)-(?:light|dark)(?:-narrow)?"

    def to_python(self, value: str) -> ChartImage:
        name, language, scheme, *narrow = value.split("-")
        return ChartImage(name, language, scheme, "narrow" if narrow else "wide")

    def to_url(self, value: ChartImage) -> str:
        return str(value)


class PartImageConverter(ChartImageConverter):
    """For `path()`: the bar of one gift."""

    regex = "part-(?:fr|en)-(?:light|dark)(?:-narrow)?"


@dataclass(frozen=True)
class FileName:
    """One file: « .json », « .pdf » (the French one), « -en.pdf »."""

    kind: str
    language: str

    def __str__(self) -> str:
        return f"{'-en' if self.language == 'en' else ''}.{self.kind}"


class FileNameConverter:
    """For `path()`: the five files of a publication."""

    regex = r"(?:-en)?\.(?:pdf|csv)|\.json"

    def to_python(self, value: str) -> FileName:
        suffix, _dot, kind = value.partition(".")
        if kind == "json":
            return FileName(kind, "")
        return FileName(kind, "en" if suffix else "fr")

    def to_url(self, value: FileName) -> str:
        return str(value)
