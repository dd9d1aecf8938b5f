"""What the chair and the secretary send about a sitting; votes have their own form (`forms.committee`)."""

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from aid_requests.committee.actions.presiding import PUT_OFF
from aid_requests.forms.committee import VoteForm
from aid_requests.models.sittings import Adjourned, Attended, SittingKind
from fund.models import User

_WHEN = {"type": "datetime-local", "autocomplete": "off"}


def _moment(label: Any, **more: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label, widget=forms.DateTimeInput(attrs=_WHEN, format="%Y-%m-%dT%H:%M"), **more
    )


class ChangeForm(forms.Form):
    """Day and place of a drafted sitting."""

    scheduled_at = _moment(_("Date et heure"), help_text=_("D’une consultation : son début."))
    ends_at = _moment(
        _("Fin de la consultation"), required=False, help_text=_("Seulement pour une consultation.")
    )
    place = forms.CharField(
        label=_("Lieu ou lien"),
        required=False,
        max_length=300,
        help_text=_("Chiffré. Seules les personnes convoquées le lisent, sur la page de la séance."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class SittingForm(ChangeForm):
    """`form_token` makes the form sent twice one sitting."""

    kind = forms.ChoiceField(label=_("Forme"), choices=SittingKind.choices)
    form_token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    field_order = ("kind", "scheduled_at", "ends_at", "place", "form_token")


class ConveneForm(forms.Form):
    """Who keeps the minutes, why the notice is short, and who replaces whom where the rules know alternates."""

    urgency = forms.CharField(
        label=_("Urgence"),
        required=False,
        max_length=500,
        help_text=_("Seulement si le préavis est plus court que le règlement ne le demande."),
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
    )

    def __init__(
        self, *args: Any, people: Iterable[User], chair: User, knows_alternates: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        members = list(people)
        named = [(user.pk, user.display_name or user.email) for user in members]
        self.fields["secretary"] = forms.TypedChoiceField(
            label=_("Secrétariat de séance"),
            coerce=int,
            choices=[("", "—"), *(one for one in named if one[0] != chair.pk)],
        )
        self.titulars = []
        for user in members if knows_alternates else []:
            name = f"replaces_{user.pk}"
            self.titulars.append((user.pk, name))
            self.fields[name] = forms.TypedChoiceField(
                label=_("%(name)s supplée") % {"name": user.display_name or user.email},
                coerce=int,
                empty_value=None,
                required=False,
                choices=[("", "—"), *(one for one in named if one[0] != user.pk)],
            )
        self.order_fields(["secretary", "urgency"])

    @property
    def replacements(self) -> list[forms.BoundField]:
        return [self[name] for _person, name in self.titulars]

    @property
    def alternates(self) -> dict[int, int]:
        return {person: self.cleaned_data[name] for person, name in self.titulars if self.cleaned_data[name]}


class ProxyForm(forms.Form):
    def __init__(self, *args: Any, holders: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["holder"] = forms.TypedChoiceField(
            label=_("Donner procuration à"),
            coerce=int,
            choices=[("", "—"), *((user.pk, user.display_name or user.email) for user in holders)],
        )


class PresenceForm(forms.Form):
    member = forms.IntegerField(widget=forms.HiddenInput)
    presence = forms.ChoiceField(choices=Attended.choices)


class ItemForm(forms.Form):
    """The item that an act is about; `why` of one that is put off."""

    item = forms.UUIDField(widget=forms.HiddenInput)
    why = forms.ChoiceField(
        label=_("Ajourner, parce que"),
        required=False,
        choices=[("", "—"), *((code.value, code.label) for code in Adjourned if code in PUT_OFF)],
    )


class HandVoteForm(VoteForm):
    """A vote given by hand, noted at the desk."""

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, auto_id="main_%s", **kwargs)
        self.fields["voter"] = forms.TypedChoiceField(
            label=_("Qui vote"),
            coerce=int,
            choices=[("", "—"), *((user.pk, user.display_name or user.email) for user in people)],
        )
        del self.fields["note"]
        self.order_fields(["voter"])
