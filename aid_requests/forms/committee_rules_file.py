"""The rules of a committee as a YAML file, and the draft that is opened."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from aid_requests.committee import rules
from aid_requests.committee.rules.reading import MAX_BYTES
from aid_requests.forms.text_files import text_of
from aid_requests.schemes.problems import Problem


class RulesFileForm(forms.Form):
    """After `is_valid()`: `text` as it was given, comments included. `problems`: its faults, line by line."""

    revision = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    file = forms.FileField(required=False, label=_("Fichier YAML"))
    pasted = forms.CharField(
        required=False,
        strip=False,
        label=_("Ou son texte"),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "file_%s", **kwargs})
        self.problems: list[Problem] = []
        self.text = ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.text = self._typed(data)
        if self.errors:
            return data
        if not self.text.strip():
            self.add_error("pasted", _("Choisissez un fichier ou collez son texte."))
            return data
        try:
            rules.load(self.text)
        except rules.RulesError as error:
            self.problems = error.problems
            self.add_error("pasted", _("Ce texte ne se lit pas encore : voyez la liste, ligne par ligne."))
        return data

    def _typed(self, data: dict[str, Any]) -> str:
        """The file's text, else the pasted one, as far as it can be read."""
        file = data.get("file")
        if file is None:
            return str(data.get("pasted") or "").replace("\r\n", "\n")
        try:
            return text_of(
                file,
                most_bytes=MAX_BYTES,
                too_big=_("Ce fichier dépasse 20 ko : des règles tiennent dans moins."),
            )
        except forms.ValidationError as error:
            self.add_error("file", error)
            return ""


class OpenRulesForm(forms.Form):
    """The draft that the page showed, and the open version it would close."""

    revision = forms.IntegerField(min_value=1, max_value=2**31 - 1)
    replaces = forms.IntegerField(min_value=1, max_value=2**31 - 1, required=False)
