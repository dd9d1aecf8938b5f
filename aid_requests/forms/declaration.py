"""The form of a declaration: the facts, each unticked, the place, and the code that signs."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from aid_requests.declarations import Statement
from aid_requests.forms.steps import words_field

TICK = "fact-"
SENTENCES = "sentences"  # a short hash of each sentence as it was shown
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
    sentences = forms.CharField(required=False, widget=forms.HiddenInput)
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
        """`initial` holds the place and the facts the person ticked before asking for the code.

        A page that shows another text than `statement` is never valid: of its ticks, those stay whose sentence is
        still the same; the others are taken off and marked, since nobody ticked the sentence that stands there now.
        """
        now = {"content_hash": statement.content_hash, SENTENCES: _hashes(statement)}
        self.is_stale = bool(data) and (data or {}).get("content_hash") != statement.content_hash
        changed = _changed(statement, data or {}) if self.is_stale else set()
        if data and self.is_stale:
            gone = {f"{kind}{code}" for code in changed for kind in (TICK, AT)}
            data = {name: value for name, value in data.items() if name not in gone} | now
        super().__init__(data=data, initial={**(initial or {}), **now})
        self.statement = statement
        usual = _("Cochez ce point, ou corrigez l’étape concernée.")
        again = _("Ce point a changé : relisez-le, puis cochez-le s’il est vrai.")
        for code, sentence in statement.to_tick:
            self.fields[f"{TICK}{code}"] = FactField(
                label=sentence, error_messages={"required": again if code in changed else usual}
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
        if self.is_stale:
            self.add_error(None, stale_sentence())
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


def stale_sentence() -> str:
    return gettext("Votre demande a changé depuis l’affichage de cette page. Relisez-la ci-dessous.")


def _hashes(statement: Statement) -> str:
    return " ".join(f"{code}={_hash(sentence)}" for code, sentence in statement.to_tick)


def _hash(sentence: str) -> str:
    return hashlib.sha256(sentence.encode()).hexdigest()[:16]


def _changed(statement: Statement, data: Mapping[str, Any]) -> set[str]:
    """The facts whose sentence is not the one that the page showed."""
    shown = set(str(data.get(SENTENCES, "")).split())
    return {code for code, sentence in statement.to_tick if f"{code}={_hash(sentence)}" not in shown}


def _instant(text: str) -> str:
    """The instant in ISO 8601 with its zone, or ""; it is said by the browser and proves nothing alone."""
    try:
        at = datetime.fromisoformat(text[:40])
    except ValueError:
        return ""
    return at.isoformat() if at.tzinfo is not None else ""
