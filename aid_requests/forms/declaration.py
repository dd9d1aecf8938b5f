"""The form of a declaration: the facts, each unticked, the place, and the code that signs."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from aid_requests.declarations import Statement
from aid_requests.forms.steps import words_field

TICK = "fact-"
AT = "at-"  # when the browser saw the tick, by its own clock; empty without scripts


class FactField(forms.BooleanField):
    """One declared fact: its label is French by law, whatever the reader's language."""

    lang = "fr"


class DeclarationForm(forms.Form):
    """`signs` forms also need the code; without it the person asks for one."""

    place = words_field(
        _("Fait à"),
        "address-level2",
        length=60,
        messages={"required": _("Indiquez la ville où vous signez.")},
    )
    content_hash = forms.CharField(max_length=64, widget=forms.HiddenInput)
    code = forms.CharField(
        max_length=12,
        label=_("Code de signature"),
        error_messages={"required": _("Tapez le code reçu, ou demandez-en un autre.")},
        help_text=_("Six chiffres envoyés à votre adresse. Le saisir vaut signature."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )

    def __init__(
        self,
        statement: Statement,
        *,
        data: Mapping[str, Any] | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        """`initial` holds the place and the facts the person ticked before asking for the code."""
        super().__init__(data=data, initial={**(initial or {}), "content_hash": statement.content_hash})
        self.statement = statement
        for code, sentence in statement.to_tick:
            self.fields[f"{TICK}{code}"] = FactField(
                label=sentence,
                error_messages={"required": _("Cochez ce point, ou corrigez l’étape concernée.")},
            )
            self.fields[f"{AT}{code}"] = forms.CharField(
                required=False, widget=forms.HiddenInput(attrs={"data-at": f"{TICK}{code}"})
            )

    @property
    def signs(self) -> bool:
        return self.data.get("act") == "sign"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.signs:  # whoever asks for a code has none yet
            self.errors.pop("code", None)
        return cleaned

    @property
    def ticked(self) -> list[str]:
        """The codes of the facts ticked, once valid."""
        return [code for code, _sentence in self.statement.to_tick if self.cleaned_data.get(f"{TICK}{code}")]

    @property
    def times(self) -> dict[str, str]:
        """When the browser saw each tick, by code, in UTC; what is no instant is left out."""
        told = {code: _instant(self.cleaned_data.get(f"{AT}{code}", "")) for code in self.ticked}
        return {code: at for code, at in told.items() if at}

    @property
    def kept(self) -> dict[str, Any]:
        """What to show again on the page that asks for the code."""
        times = {f"{AT}{code}": at for code, at in self.times.items()}
        return {
            "place": self.cleaned_data["place"],
            **{f"{TICK}{code}": True for code in self.ticked},
            **times,
        }

    @property
    def facts(self) -> list[forms.BoundField]:
        return [self[f"{TICK}{code}"] for code, _sentence in self.statement.to_tick]

    @property
    def instants(self) -> list[forms.BoundField]:
        """The hidden fields that a script fills as one ticks."""
        return [self[f"{AT}{code}"] for code, _sentence in self.statement.to_tick]


def _instant(text: str) -> str:
    """The instant in ISO 8601 with its zone, or ""; it is said by the browser and proves nothing alone."""
    try:
        at = datetime.fromisoformat(text[:40])
    except ValueError:
        return ""
    return at.isoformat() if at.tzinfo is not None else ""
