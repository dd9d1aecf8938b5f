"""What an administrator writes about a text: one form for both kinds, each with its own needs."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fund import clock
from fund.legal_bases import STANDS_ALREADY, TO_COME, Basis, standing_basis
from fund.models import School
from fund.models.institution import BasisKind
from fund.plain_text import on_one_line, without_hidden

_PLAIN = {"autocomplete": "off"}
FOR_RECEIPTS = ("object_text", "signer_name", "signer_quality")


class BasisForm(forms.Form):
    """`basis()` is what was written, once the form is valid."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Ce que ce texte permet"),
        choices=BasisKind.choices,
        widget=forms.Select(attrs=_PLAIN),
    )
    text = forms.CharField(
        label=gettext_lazy("Ce qu’il dit"),
        help_text=gettext_lazy("Le passage qui permet, mot pour mot."),
        max_length=2000,
        error_messages={"required": gettext_lazy("Recopiez le passage qui permet.")},
        widget=forms.Textarea(attrs={**_PLAIN, "rows": 4}),
    )
    reference = forms.CharField(
        label=gettext_lazy("Référence"),
        help_text=gettext_lazy("Par exemple le numéro d’un rescrit ou d’une délibération."),
        max_length=120,
        error_messages={"required": gettext_lazy("Écrivez la référence du texte.")},
        widget=forms.TextInput(attrs=_PLAIN),
    )
    decided_on = forms.DateField(
        label=gettext_lazy("Date du texte"),
        error_messages={"required": gettext_lazy("Donnez la date du texte.")},
        widget=forms.DateInput(attrs={**_PLAIN, "type": "date"}, format="%Y-%m-%d"),
    )
    school = forms.ModelChoiceField(
        label=gettext_lazy("École"),
        help_text=gettext_lazy("Pour l’enveloppe d’une école seulement."),
        queryset=School.objects.order_by("name"),
        required=False,
        empty_label="—",
    )
    object_text = forms.CharField(
        label=gettext_lazy("Objet de la fondation, tel que le reçu le dit"),
        help_text=gettext_lazy("Pour les reçus fiscaux : aussi précis que possible."),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs=_PLAIN),
    )
    signer_name = forms.CharField(
        label=gettext_lazy("Qui signe les reçus"),
        help_text=gettext_lazy("Pour les reçus fiscaux : prénom et nom, imprimés sur chacun."),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs=_PLAIN),
    )
    signer_quality = forms.CharField(
        label=gettext_lazy("Sa qualité"),
        help_text=gettext_lazy("Par exemple « La présidente »."),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs=_PLAIN),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in ("reference", *FOR_RECEIPTS):
            cleaned[name] = on_one_line(cleaned.get(name, ""))
        cleaned["text"] = without_hidden(cleaned.get("text", "")).strip()
        if cleaned.get("kind") == BasisKind.TAX_RECEIPTS:
            cleaned["school"] = None
            for name in FOR_RECEIPTS:
                if not cleaned[name]:
                    self.add_error(name, _("Un reçu doit le dire : écrivez-le."))
        elif cleaned.get("kind") == BasisKind.SCHOOL_ENVELOPE:
            cleaned.update(dict.fromkeys(FOR_RECEIPTS, ""))
            if cleaned.get("school") is None and "school" not in self.errors:
                self.add_error("school", _("Choisissez l’école."))
        if cleaned.get("decided_on") and cleaned["decided_on"] > clock.today():
            self.add_error("decided_on", str(TO_COME.sentence))
        if not self.errors and standing_basis(cleaned["kind"], cleaned["school"]) is not None:
            self.add_error("kind", str(STANDS_ALREADY.sentence))
        return cleaned

    def basis(self) -> Basis:
        return Basis(**self.cleaned_data)
