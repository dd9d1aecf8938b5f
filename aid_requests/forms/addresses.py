"""Another address, and the code that proves it."""

from django import forms
from django.utils.translation import gettext_lazy as _


class AddressForm(forms.Form):
    email = forms.EmailField(
        label=_("Votre autre adresse électronique"),
        max_length=254,
        help_text=_("Une adresse à vous, que vous garderez après vos études."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Écrivez une adresse."),
            "invalid": _("Cette adresse n’est pas complète : vérifiez-la."),
        },
    )


class AddressCodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code à six chiffres"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        error_messages={"required": _("Écrivez les six chiffres reçus.")},
    )
