"""What communication writes in a publication."""

from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from fund import clock, plain_text
from reports.charts import typeface
from reports.compilation import Wording
from reports.models import Publication

_PLAIN = {"autocomplete": "off"}


class PublicationForm(forms.Form):
    """Words in French, perhaps in English, and the last day that counts (yesterday unless chosen)."""

    title = forms.CharField(
        label=_("Titre"),
        max_length=120,
        help_text=_("Ce que les chiffres disent, en une phrase. Il reste tel quel dans la publication."),
        widget=forms.TextInput(attrs=_PLAIN),
    )
    intro = forms.CharField(
        label=_("Introduction"),
        max_length=1200,
        help_text=_("Quelques phrases, sans nom et sans rien qui fasse reconnaître un élève."),
        widget=forms.Textarea(attrs={**_PLAIN, "rows": 5}),
    )
    title_en = forms.CharField(
        label=_("Titre en anglais"), max_length=120, required=False, widget=forms.TextInput(attrs=_PLAIN)
    )
    intro_en = forms.CharField(
        label=_("Introduction en anglais"),
        max_length=1200,
        required=False,
        widget=forms.Textarea(attrs={**_PLAIN, "rows": 5}),
    )
    up_to = forms.DateField(
        label=_("Arrêtée au"),
        help_text=_("Dernier jour compté, à minuit : hier au plus tard."),
        widget=forms.DateInput(attrs={**_PLAIN, "type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Choisissez un jour.")},
    )

    @classmethod
    def starting(cls, publication: Publication | None) -> "PublicationForm":
        """Filled with a draft's words and day, or with yesterday."""
        if publication is None:
            return cls(initial={"up_to": clock.today() - timedelta(days=1)})
        names = ("title", "intro", "title_en", "intro_en", "up_to")
        return cls(initial={name: getattr(publication, name) for name in names})

    def clean_title(self) -> str:
        return self._printable("title")

    def clean_intro(self) -> str:
        return self._printable("intro")

    def clean_title_en(self) -> str:
        return self._printable("title_en")

    def clean_intro_en(self) -> str:
        return self._printable("intro_en")

    def _printable(self, name: str) -> str:
        """The words without what nobody sees. The page and the paper say the same: what one lacks, neither says."""
        words = plain_text.without_hidden(self.cleaned_data[name]).strip()
        if not words and self.fields[name].required:
            raise forms.ValidationError(self.fields[name].error_messages["required"], code="required")
        lacking = typeface.undrawable(words)
        if lacking:
            sentence = ngettext(
                "Ce signe ne peut pas être imprimé : %(signs)s",
                "Ces signes ne peuvent pas être imprimés : %(signs)s",
                len(lacking),
            )
            raise forms.ValidationError(sentence % {"signs": " ".join(lacking)}, code="unprintable")
        return words

    def wording(self) -> Wording:
        data = self.cleaned_data
        return Wording(data["title"], data["intro"], data["title_en"], data["intro_en"])
