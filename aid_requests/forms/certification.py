"""The form by which a referent confirms an enrolment."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from aid_requests.university_years import university_year
from fund import clock

LEVELS = (
    ("year-1", _("1re année")),
    ("year-2", _("2e année")),
    ("year-3", _("3e année")),
    ("year-4", _("4e année")),
    ("year-5", _("5e année")),
    ("master", _("Master")),
    ("doctorate", _("Doctorat")),
    ("exchange", _("Échange international")),
)


class CertificationForm(forms.Form):
    """The university year runs from September to August; only the present one and its neighbours can be confirmed."""

    university_year = forms.ChoiceField(label=_("Année universitaire"))
    level = forms.ChoiceField(label=_("Niveau"), choices=[("", _("Choisissez un niveau")), *LEVELS])
    revision = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    is_not_the_same = forms.BooleanField(
        label=_("J’ai vérifié que ce n’est pas la même personne"),
        error_messages={
            "required": _("Cochez cette case après l’avoir vérifié, ou demandez au référent national.")
        },
    )

    def __init__(self, *args: Any, is_doubted: bool, **kwargs: Any) -> None:
        """`is_doubted`: the list points at another account of that person, so that the tick is asked for."""
        super().__init__(*args, **kwargs)
        if not is_doubted:
            del self.fields["is_not_the_same"]
        today = clock.today()
        years = [university_year(today.replace(year=today.year + shift, day=1)) for shift in (-1, 0, 1)]
        field = self.fields["university_year"]
        field.choices = [(year, year) for year in years]  # type: ignore[attr-defined]
        field.initial = years[1]


class ProofForm(forms.Form):
    """Sent beside the file, which is checked by its content."""

    form_token = forms.UUIDField(widget=forms.HiddenInput)


class RevisionForm(forms.Form):
    """The revision that was read, carried by a button."""

    revision = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
