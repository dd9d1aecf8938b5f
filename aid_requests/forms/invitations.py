"""What makes a list of invitations."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from aid_requests.actions.invitations import Wanted
from aid_requests.forms.days import DayField
from aid_requests.models import Scheme
from aid_requests.models.schemes import VersionState
from aid_requests.register.columns import LABELS
from fund.models import School

MOST_BYTES = 1024 * 1024
_LONGEST = 200_000


class InvitationForm(forms.Form):
    """One open scheme, one school; people of its list, all or by level, year and curriculum, or typed addresses."""

    school = forms.ModelChoiceField(School.objects.none(), label=_("École"), widget=forms.HiddenInput)
    scheme = forms.ModelChoiceField(
        Scheme.objects.none(), label=_("Aide"), empty_label=_("Choisissez une aide")
    )
    expires_on = DayField(
        label=_("Dernier jour du lien"),
        help_text=_("Par exemple 30/06/2020. Au plus tard, le dernier jour de l’aide."),
        error_messages={"invalid": _("Écrivez une date qui existe, par exemple 30/06/2020.")},
    )
    who = forms.ChoiceField(
        label=_("À qui ?"),
        choices=[
            ("register", _("Aux personnes de la liste des inscrits")),
            ("typed", _("À des adresses que je colle")),
        ],
        widget=forms.RadioSelect,
        initial="register",
    )
    addresses = forms.CharField(
        label=_("Adresses de l’école"),
        help_text=_("Collez-les comme elles viennent : une par ligne, ou séparées par des virgules."),
        required=False,
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 5, "autocomplete": "off", "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=_("Ou un fichier d’adresses"),
        help_text=_("Texte ou CSV, 1 Mo au plus. Il est lu, puis oublié."),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"autocomplete": "off", "accept": ".csv,.tsv,.txt"}),
    )
    form_token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        schools: QuerySet[School],
        values: dict[str, list[str]],
        titles: dict[int, str],
        university_year: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.university_year = university_year
        self.fields["school"].queryset = schools  # type: ignore[attr-defined]
        field = self.fields["scheme"]
        field.queryset = Scheme.objects.filter(versions__state=VersionState.OPEN).order_by("slug")  # type: ignore[attr-defined]
        field.label_from_instance = lambda scheme: titles.get(scheme.pk, scheme.slug)  # type: ignore[attr-defined]
        for name in ("level", "year_of_study", "curriculum"):
            if values.get(name):
                self.fields[name] = forms.MultipleChoiceField(
                    label=LABELS[name],
                    help_text=_("Rien de coché : tout le monde."),
                    choices=[(value, value) for value in values[name]],
                    required=False,
                    widget=forms.CheckboxSelectMultiple(attrs={"autocomplete": "off"}),
                )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("who") == "typed" and not self._typed(cleaned).strip():
            sentence = _("Collez au moins une adresse, ou choisissez un fichier de 1 Mo au plus.")
            self.add_error("addresses", sentence)
        return cleaned

    @staticmethod
    def _typed(cleaned: dict[str, Any]) -> str:
        """What was pasted, and what the file says; addresses read the same in every encoding that schools use."""
        file: UploadedFile | None = cleaned.get("file")
        told = file.read() if file is not None and (file.size or 0) <= MOST_BYTES else b""
        if file is not None:
            file.seek(0)
        return f"{cleaned.get('addresses', '')}\n{told.decode('latin-1')}"

    @property
    def filter_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("level", "year_of_study", "curriculum") if name in self.fields]

    def wanted(self) -> Wanted:
        """Of a valid form."""
        told = self.cleaned_data
        is_typed = told["who"] == "typed"
        filters = {field.name: told[field.name] for field in self.filter_fields}
        return Wanted(
            scheme=told["scheme"],
            school=told["school"],
            university_year=self.university_year,
            expires_on=told["expires_on"],
            filters=None if is_typed else filters,
            addresses=self._typed(told) if is_typed else "",
        )
