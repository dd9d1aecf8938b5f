"""A day as people type it in France."""

import re
from typing import Any

from django import forms

_BARE = re.compile(r"\s*(\d{2})(\d{2})(\d{4})\s*", re.ASCII)  # the keys of some telephones are figures alone


class DayField(forms.DateField):
    """A calendar date typed by hand, 30/06/2020, 30062020 or like it; `autocomplete` as the browser knows it."""

    def __init__(self, *, autocomplete: str = "off", **kwargs: Any) -> None:
        marks = {"autocomplete": autocomplete, "inputmode": "numeric"}
        super().__init__(
            input_formats=["%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d %m %Y", "%Y-%m-%d"],
            widget=forms.DateInput(format="%d/%m/%Y", attrs=marks),
            **kwargs,
        )

    def to_python(self, value: Any) -> Any:
        bare = _BARE.fullmatch(value) if isinstance(value, str) else None
        return super().to_python("/".join(bare.groups()) if bare else value)
