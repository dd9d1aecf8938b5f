"""What the treasury's pages send."""

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from fund.models import PaymentOrder


class BatchForm(forms.Form):
    """The orders to put in a batch, among those that are due."""

    orders = forms.TypedMultipleChoiceField(
        label=_("Virements"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Choisissez au moins un virement."),
            "invalid_choice": _("Un de ces virements n’est plus à payer : rechargez la page."),
        },
    )

    def __init__(self, *args: object, due: list[PaymentOrder], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["orders"].choices = [(order.pk, order.label) for order in due]  # type: ignore[attr-defined]


class StatementForm(forms.Form):
    """A statement file; its name is never kept nor looked at."""

    file = forms.FileField(
        label=_("Fichier du relevé"),
        help_text=_("camt.053 ou CFONB 120, 20 Mo au plus. Le lire deux fois ne compte rien deux fois."),
        allow_empty_file=True,
        error_messages={"required": _("Choisissez le fichier du relevé.")},
        widget=forms.FileInput(attrs={"autocomplete": "off"}),
    )

    def clean_file(self) -> bytes:
        """The bytes, read only when they are few enough."""
        upload: UploadedFile = self.cleaned_data["file"]
        if (upload.size or 0) > settings.STATEMENT_MAX_BYTES:
            raise forms.ValidationError(_("Ce fichier dépasse 20 Mo : demandez une période plus courte."))
        return upload.read()
