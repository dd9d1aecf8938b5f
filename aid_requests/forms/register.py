"""What the pages of the register send."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from aid_requests.register.columns import LABELS, REQUIRED
from aid_requests.register.files import DELIMITERS, ENCODINGS, Layout
from aid_requests.university_years import university_year
from fund import clock
from fund.models import School

_MARKS = {";": _("point-virgule"), ",": _("virgule"), "\t": _("tabulation")}
_LONGEST_TITLE = 60


class ListFileField(forms.FileField):
    """Must be chosen, and never arrives here: the view's upload handler takes it, seals it and says what is wrong."""

    def clean(self, data: Any, initial: Any = None) -> None:
        return None


class RegisterUploadForm(forms.Form):
    """A school's list, and for which year."""

    school = forms.ModelChoiceField(
        School.objects.none(), label=_("École"), empty_label=_("Choisissez une école")
    )
    university_year = forms.ChoiceField(label=_("Année universitaire"))
    file = ListFileField(
        label=_("Fichier de la liste"),
        help_text=_("CSV ou texte, 20 Mo au plus. Les colonnes d’APOGEE sont reconnues."),
        widget=forms.FileInput(attrs={"autocomplete": "off", "accept": ".csv,.tsv,.txt"}),
    )
    form_token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, schools: QuerySet[School], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["school"].queryset = schools  # type: ignore[attr-defined]
        only = list(schools[:2])
        if len(only) == 1:
            self.fields["school"].initial = only[0].pk
            self.fields["school"].empty_label = None  # type: ignore[attr-defined]
        today = clock.today()
        years = [university_year(today.replace(year=today.year + shift, day=1)) for shift in (-1, 0, 1)]
        self.fields["university_year"].choices = [(year, year) for year in years]  # type: ignore[attr-defined]
        self.fields["university_year"].initial = years[1]


class ColumnsForm(forms.Form):
    """Where each thing stands in the file, and how the file is written."""

    encoding = forms.ChoiceField(label=_("Codage des accents"), choices=list(ENCODINGS.items()))
    delimiter = forms.ChoiceField(
        label=_("Séparateur"), choices=[(str(number), _MARKS[mark]) for number, mark in enumerate(DELIMITERS)]
    )

    def __init__(
        self, *args: Any, titles: Sequence[str], guessed: Mapping[str, int], layout: Layout, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.storage_name = layout.storage_name
        self.fields["encoding"].initial = layout.encoding
        self.fields["delimiter"].initial = str(DELIMITERS.index(layout.delimiter))
        places = [(str(place), _title(place, title)) for place, title in enumerate(titles)]
        for name, label in LABELS.items():
            self.fields[name] = forms.TypedChoiceField(
                label=label,
                coerce=int,
                empty_value=None,
                choices=[
                    ("", _("Choisissez une colonne") if name in REQUIRED else _("Pas dans ce fichier")),
                    *places,
                ],
                required=name in REQUIRED,
                initial=str(guessed[name]) if name in guessed else "",
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        taken: dict[int, str] = {}
        for name, place in self.columns.items():
            if place in taken:
                self.add_error(name, _("Cette colonne sert déjà ailleurs : une colonne ne sert qu’une fois."))
            taken[place] = name
        return cleaned

    @property
    def columns(self) -> dict[str, int]:
        """{field: index of its column}, of a form that was read."""
        return {name: self.cleaned_data[name] for name in LABELS if self.cleaned_data.get(name) is not None}

    @property
    def layout(self) -> Layout:
        mark = DELIMITERS[int(self.cleaned_data["delimiter"])]
        return Layout(self.storage_name, self.cleaned_data["encoding"], mark)

    @property
    def written(self) -> list[forms.BoundField]:
        return [self["encoding"], self["delimiter"]]

    @property
    def meanings(self) -> list[forms.BoundField]:
        return [self[name] for name in LABELS]


def _title(place: int, title: str) -> str:
    """« 3 · LIB_PR1_IND »."""
    return f"{place + 1} · {' '.join(title.split())[:_LONGEST_TITLE]}"


class ApplyForm(forms.Form):
    """The consent to a list that lets many people go: asked only then."""

    lets_go = forms.BooleanField(
        label=_("Oui, ces personnes ne sont plus inscrites"),
        error_messages={"required": _("Cochez pour dire que ces personnes ont bien quitté l’école.")},
    )
