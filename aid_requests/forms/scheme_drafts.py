"""What is typed around a schedule: where a new draft comes from, and what every save carries along."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from aid_requests import schemes
from aid_requests.forms.text_files import text_of
from aid_requests.models import SchemeVersion
from aid_requests.scheme_editor.beginnings import starter
from aid_requests.scheme_editor.brought import brought
from aid_requests.schemes import SchemeError
from aid_requests.schemes.nodes import MAX_BYTES
from aid_requests.schemes.problems import Problem
from aid_requests.schemes.writing import to_plain

BLANK, COPY, YAML = "blank", "copy", "yaml"


class RevisionForm(forms.Form):
    """The revision of the draft that the page showed, and for an opening the version it was compared with."""

    revision = forms.IntegerField(min_value=1, max_value=2**31 - 1)
    replaces = forms.IntegerField(min_value=1, max_value=2**31 - 1, required=False)


class OpeningForm(RevisionForm):
    """An opening: whoever opens says to have read what changes."""

    read_again = forms.BooleanField(
        label=_("J’ai relu ce qui change, les montants d’abord"),
        error_messages={"required": _("Relisez ce qui change, puis cochez ici.")},
    )


class NewDraftForm(forms.Form):
    """After `is_valid()`: `tree` to begin with, and `version` when it is a copy. `problems`: faults of the YAML."""

    form_token = forms.UUIDField(widget=forms.HiddenInput)
    source = forms.ChoiceField(
        choices=[
            (BLANK, _("Une page presque blanche : les parties que presque toute aide possède")),
            (COPY, _("Une version qui existe")),
            (YAML, _("Un fichier YAML")),
        ],
        label=_("Partir de"),
        widget=forms.RadioSelect,
    )
    version = forms.ModelChoiceField(
        SchemeVersion.objects.none(), required=False, label=_("Version à copier"), empty_label=""
    )
    file = forms.FileField(required=False, label=_("Fichier YAML"))
    text = forms.CharField(
        required=False,
        strip=False,
        label=_("Ou son texte"),
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off"}),
    )

    as_it_is = forms.BooleanField(
        required=False,
        label=_("Commencer quand même : ces points restent à corriger dans le brouillon"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.problems: list[Problem] = []
        self.tree: dict[str, Any] = {}
        field = self.fields["version"]
        field.queryset = SchemeVersion.objects.select_related("scheme").order_by(  # type: ignore[attr-defined]
            "scheme__slug", "-number"
        )
        field.label_from_instance = _version_name  # type: ignore[attr-defined]

    @property
    def token(self) -> UUID:
        return UUID(str(self.cleaned_data["form_token"]))

    @property
    def copied(self) -> SchemeVersion | None:
        return self.cleaned_data["version"] if self.cleaned_data["source"] == COPY else None

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        source = given.get("source")
        if source == BLANK:
            self.tree = starter()
        elif source == COPY and not self.errors:
            self._copy(given.get("version"))
        elif source == YAML:
            self._read(self._typed(given))
        return given

    def _copy(self, version: SchemeVersion | None) -> None:
        if version is None:
            self.add_error("version", _("Choisissez la version à copier."))
        else:
            self.tree = to_plain(schemes.load(version.definition))

    def _typed(self, given: dict[str, Any]) -> str:
        """The file's text, else the pasted one, as far as it can be read."""
        file = given.get("file")
        if file is None:
            return str(given.get("text") or "")
        try:
            return text_of(
                file,
                most_bytes=MAX_BYTES,
                too_big=_("Ce fichier dépasse 200 ko : un dispositif tient dans moins."),
            )
        except forms.ValidationError as error:
            self.add_error("file", error)
            return ""

    def _read(self, text: str) -> None:
        if self.errors:
            return
        if not text.strip():
            self.add_error("text", _("Choisissez un fichier ou collez son texte."))
            return
        try:
            self.tree = to_plain(schemes.load(text))
        except SchemeError as error:
            self.problems = error.problems
            self.tree = _unfinished(text)
            if self.tree and self.cleaned_data.get("as_it_is"):
                return
            self.data = {
                **{name: self.data.get(name) for name in self.data},
                "text": text,
            }  # what a file held stays to be sent again
            self.add_error("text", _("Ce texte ne se lit pas encore : voyez la liste, ligne par ligne."))


def _unfinished(text: str) -> dict[str, Any]:
    try:
        return brought(text)
    except SchemeError:
        return {}


def _version_name(version: Any) -> str:
    return str(_("%(scheme)s, version %(number)s")) % {
        "scheme": version.scheme.slug,
        "number": version.number,
    }
