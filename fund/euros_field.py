"""An amount in euros as people type it."""

from typing import Any

from django import forms

from fund import money


class EurosField(forms.CharField):
    """Typed in euros, cleaned to cents; None when left empty."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 30)
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:  # cents, where the field below cleans to text
        """Raises ValidationError with the sentence of `money.parse_euros`."""
        typed = super().clean(value)
        if not typed:
            return None
        try:
            return money.parse_euros(typed)
        except money.AmountError as error:
            raise forms.ValidationError(str(error)) from error
