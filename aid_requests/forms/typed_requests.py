"""What a referent types with somebody, beside the scheme's own questions."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from aid_requests.forms.steps import IdentityForm


class TypedForWhomForm(forms.Form):
    """The address that alone may take it over."""

    email = forms.EmailField(
        label=_("Son adresse d’école"),
        max_length=254,
        help_text=_(
            "Nous lui écrivons là. Avec cette adresse seulement, la personne relit, complète et signe."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Écrivez l’adresse d’école de la personne.")},
    )
    form_token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form_token"].initial = uuid.uuid4

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()


class TypedIdentityForm(IdentityForm):
    """Somebody else's names: the browser must not fill in the referent's own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if not isinstance(field, forms.BooleanField):
                field.widget.attrs["autocomplete"] = "off"
