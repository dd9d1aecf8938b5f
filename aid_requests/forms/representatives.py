"""Who represents a minor, and what that person types to read and to sign."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from aid_requests.forms.steps import words_field
from aid_requests.representation import AGREEMENT
from aid_requests.representatives import RELATIONS, Guardian

_PLAIN = {"autocomplete": "off"}


class RepresentativeForm(forms.Form):
    first_name = words_field(_("Son prénom"), "off", messages={"required": _("Écrivez son prénom.")})
    last_name = words_field(_("Son nom"), "off", required=False, hint=_("Vide si cette personne n’en a pas."))
    relation = forms.ChoiceField(
        label=_("Qui est-ce pour vous"),
        choices=[("", _("Choisissez")), *((code, label) for code, _french, label in RELATIONS)],
        widget=forms.Select(attrs=_PLAIN),
        error_messages={"required": _("Dites qui est cette personne pour vous.")},
    )
    email = forms.EmailField(
        label=_("Son adresse électronique"),
        max_length=254,
        help_text=_("Nous lui écrivons un lien, sans dire pourquoi. Elle seule peut l’ouvrir, avec un code."),
        widget=forms.EmailInput(attrs=_PLAIN),
        error_messages={"required": _("Écrivez son adresse.")},
    )
    language = forms.ChoiceField(
        label=_("Langue du message"),
        choices=settings.LANGUAGES,
        initial="fr",
        widget=forms.Select(attrs=_PLAIN),
    )

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()

    def guardian(self) -> Guardian:
        """Once valid."""
        return Guardian(**self.cleaned_data)

    @staticmethod
    def initial_of(guardian: Guardian | None) -> dict[str, Any]:
        return dict(vars(guardian)) if guardian is not None else {}


class OpenTextForm(forms.Form):
    """The code that came by mail."""

    code = forms.CharField(
        label=_("Code reçu"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        error_messages={"required": _("Tapez le code reçu.")},
    )


class AgreementForm(forms.Form):
    """Read, agreed, signed: one box, never ticked in advance."""

    agrees = forms.BooleanField(
        label=_("J’ai lu et j’accepte"), error_messages={"required": _("Cochez la case pour signer.")}
    )
    place = words_field(
        _("Fait à"), "address-level2", messages={"required": _("Indiquez la ville où vous signez.")}
    )
    content_hash = forms.CharField(max_length=64, widget=forms.HiddenInput)

    @property
    def agreed(self) -> str:
        """Once valid."""
        return AGREEMENT if self.cleaned_data["agrees"] else ""
