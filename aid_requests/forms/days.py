"""A day as people type it in France."""

from typing import Any

from django import forms


class DayField(forms.DateField):
    """A calendar date typed by hand, 30/06/2020 or like it; `autocomplete` as the browser knows it."""

    def __init__(self, *, autocomplete: str = "off", **kwargs: Any) -> None:
        marks = {"autocomplete": autocomplete, "inputmode": "numeric"}
        super().__init__(
            input_formats=["%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y-%m-%d"],
            widget=forms.DateInput(format="%d/%m/%Y", attrs=marks),
            **kwargs,
        )
