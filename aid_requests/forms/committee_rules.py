"""The rules of a committee as one plain form, in words. Faults stand beside the field they concern."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from aid_requests.committee import rules
from aid_requests.committee.known_schemes import KnownScheme
from aid_requests.committee.rules import Mode, Rules
from aid_requests.committee.rules.grammar import EXCEPTIONS
from aid_requests.committee.rules.reading import load_plain
from aid_requests.committee.rules.writing import to_plain
from fund.euros_field import EurosField
from fund.money import plain_euros

MODES = [
    ("sitting", _("En séance")),
    ("consultation", _("Par consultation écrite")),
    ("delegation", _("Par délégation à une personne")),
    ("opinion", _("Avis du comité, puis décision signée")),
]
_CHAIR = ("chair", _("La présidence du comité"))
_DAYS = {"min_value": 0, "max_value": 366}


def _choice(label: Any, choices: list[tuple[str, Any]]) -> forms.ChoiceField:
    widget = forms.Select(attrs={"autocomplete": "off"})
    return forms.ChoiceField(label=label, choices=choices, widget=widget)


def _text(label: Any, help_text: Any = "", size: int = 120) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=label, help_text=help_text, max_length=size, required=False, widget=widget)


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date", "autocomplete": "off"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget)


def _number(label: Any, **bounds: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, **{**_DAYS, **bounds})


class RulesForm(forms.Form):
    """After `is_valid()`: `text` is the YAML to keep. What the chosen modes do not use is left out of it."""

    revision = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    mode = _choice(_("D’ordinaire"), [one for one in MODES if one[0] != "delegation"])
    base = _choice(
        _("La majorité se compte sur"),
        [
            ("votes_cast", _("les suffrages exprimés, sans les abstentions")),
            ("present_or_represented", _("les membres présents ou représentés")),
        ],
    )
    share = _text(_("Majorité demandée"), _("simple (plus de la moitié), ou une part : 2/3."), 7)
    unanimity = forms.MultipleChoiceField(
        label=_("Unanimité pour"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"autocomplete": "off"}),
    )
    tie = _choice(
        _("En cas de partage des voix"),
        [
            ("refused", _("la demande est refusée")),
            ("adjourned", _("la demande est ajournée")),
            ("casting_vote", _("la présidence départage")),
        ],
    )
    quorum = _text(_("Quorum"), _("aucun, un nombre de personnes, ou une part des sièges : 1/2."), 7)
    quorum_proxies = _choice(
        _("Les procurations comptent pour le quorum"), [("counted", _("oui")), ("not_counted", _("non"))]
    )
    quorum_per = _choice(
        _("Le quorum se regarde"),
        [("sitting", _("une fois par séance")), ("file", _("à chaque dossier, sans qui se déporte"))],
    )
    second_call = _text(
        _("Quorum à la seconde convocation"), _("Vide : pas de seconde convocation. Sinon aucun, 2, 1/3…"), 7
    )
    second_days = _number(_("Jours avant la seconde convocation"))
    alternates = _choice(
        _("Suppléants"),
        [("none", _("aucun")), ("absent_titular", _("siègent pour le titulaire absent seulement"))],
    )
    proxies = _number(_("Procurations par personne, au plus"), max_value=10)
    own_school = _choice(
        _("Les membres de l’école du dossier"),
        [
            ("as_scheme", _("comme le dit chaque barème")),
            ("excluded", _("ne lisent pas le dossier et ne votent pas")),
            ("allowed", _("votent, sauf lien personnel")),
        ],
    )
    notice_days = _number(_("Jours entre convocation et séance"))
    urgent_days = _number(_("Et en urgence"))
    count = _choice(
        _("Une consultation décide"),
        [
            ("concordant", _("dès qu’assez de votes disent la même chose")),
            ("at_end", _("à la date de fin, tous les votes comptés")),
        ],
    )
    votes = _number(_("Votes qui disent la même chose"), min_value=1, max_value=200)
    days = _number(_("Jours jusqu’à la date de fin"), min_value=1)
    delegate = _choice(_("Personne déléguée"), [])
    reference = _text(_("Acte qui délègue"))
    starts_on = _day(_("Délégation à partir du"))
    ends_on = _day(_("Jusqu’au, inclus"))
    cap = EurosField(
        label=_("Montant le plus haut, en euros"), help_text=_("Vide : sans plafond."), required=False
    )
    given_in = _choice(_("L’avis se donne"), MODES[:2])
    signed_by = _choice(_("La décision est signée par"), [])

    def __init__(
        self, *args: Any, people: list[tuple[int, str]], schemes: list[KnownScheme], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.text, self.schemes = "", schemes
        for one in schemes:
            field = _choice(one.title, [("", _("comme d’ordinaire")), *MODES])
            field.required = False
            self.fields[mode_field(one.slug)] = field
        self.order_fields(["revision", "mode", *(mode_field(one.slug) for one in schemes)])
        self.fields["unanimity"].choices = list(_files_of(schemes))  # type: ignore[attr-defined]
        named = [(str(pk), name) for pk, name in people]
        self.fields["delegate"].choices = [("", "—"), *named]  # type: ignore[attr-defined]
        self.fields["signed_by"].choices = [_CHAIR, *named]  # type: ignore[attr-defined]
        for name in ("delegate", "given_in", "signed_by", "count"):
            self.fields[name].required = False

    @property
    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields under their headings, in the order of the page."""
        modes = ["mode", *(mode_field(one.slug) for one in self.schemes)]
        return [(title, [self[name] for name in names or modes]) for title, names in _GROUPS]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        slugs = [one.slug for one in self.schemes]
        try:
            self.text = rules.dump(load_plain(_plain_of(data, slugs)))
        except rules.RulesError as error:
            for problem in error.problems:
                self.add_error(_FIELD_OF.get(problem.path.partition("[")[0]), problem.message_fr)
        return data


_TABLE = (
    "quorum",
    "quorum_proxies",
    "quorum_per",
    "second_call",
    "second_days",
    "notice_days",
    "urgent_days",
)
# Heading → its fields; of the first the schemes are known when the page is made.
_GROUPS: list[tuple[Any, tuple[str, ...]]] = [
    (_("Comment le comité décide"), ()),
    (_("La majorité"), ("base", "share", "tie", "own_school", "unanimity")),
    (_("En séance"), (*_TABLE, "proxies", "alternates")),
    (_("Par consultation écrite"), ("count", "votes", "days")),
    (_("Par délégation à une personne"), ("delegate", "reference", "starts_on", "ends_on", "cap")),
    (_("Avis du comité, puis décision signée"), ("given_in", "signed_by")),
]
# The place of a fault → the field beside which it is told; any other is told above the form.
_FIELD_OF = {
    "mode": "mode",
    "majority.base": "base",
    "majority.share": "share",
    "unanimity": "unanimity",
    "tie": "tie",
    "quorum.needed": "quorum",
    "quorum.proxies": "quorum_proxies",
    "second_call": "second_call",
    "second_call.needed": "second_call",
    "alternates": "alternates",
    "proxies": "proxies",
    "notice.urgent_days": "urgent_days",
    "consultation": "days",
    "consultation.votes": "votes",
    "delegation.person": "delegate",
    "delegation.reference": "reference",
    "delegation.from": "starts_on",
    "delegation.until": "ends_on",
    "delegation.cap": "cap",
    "opinion.given_in": "given_in",
}


def mode_field(slug: str) -> str:
    """The field that says how the files of one scheme are decided."""
    return f"mode_{slug}"


def _files_of(schemes: list[KnownScheme]) -> Iterator[tuple[str, Any]]:
    """What may ask for unanimity: whatever departs from a schedule, a scheme, or a case of it."""
    yield EXCEPTIONS, _("tout ce qui s’écarte d’un barème")
    for one in schemes:
        yield one.slug, one.title
        for code, label in one.cases:
            yield f"{one.slug}/{code}", f"{one.title}, {label}"


def _measure(typed: str) -> str:
    """« aucun », in either language, is the file's none."""
    return "none" if typed.casefold() in ("aucun", gettext("aucun").casefold()) else typed


def _in_words(measure: str) -> str:
    return gettext("aucun") if measure == "none" else measure


def _plain_of(data: dict[str, Any], slugs: list[str]) -> dict[str, Any]:
    """What was typed, as the file would say it."""
    modes = {slug: data[mode_field(slug)] for slug in slugs if data[mode_field(slug)]}
    used = {data["mode"], *modes.values()}
    if "opinion" in used:
        used.add(data["given_in"] or "sitting")
    plain = {
        "grammar": "1",
        "mode": data["mode"],
        "modes": [{"scheme": slug, "mode": mode} for slug, mode in modes.items()],
        "majority": {"base": data["base"], "share": data["share"] or "simple"},
        "unanimity": data["unanimity"],
        "quorum": {
            "needed": _measure(data["quorum"] or "none"),
            "proxies": data["quorum_proxies"],
            "per": data["quorum_per"],
        },
        "tie": data["tie"],
        "alternates": data["alternates"],
        "proxies": data["proxies"] if data["proxies"] is not None else 1,
        "own_school": data["own_school"],
        **_blocks(data, used),
    }
    if data["second_call"]:
        plain["second_call"] = {"needed": _measure(data["second_call"]), "days": data["second_days"] or 0}
    return {key: value for key, value in plain.items() if value != []}


def _blocks(data: dict[str, Any], used: set[str]) -> dict[str, Any]:
    """The parts of the modes that are used; a field left empty is a key left out."""
    blocks = {
        "sitting": ("notice", {"days": data["notice_days"] or 0, "urgent_days": data["urgent_days"] or 0}),
        "consultation": (
            "consultation",
            {"count": data["count"], "votes": data["votes"], "days": data["days"]},
        ),
        "delegation": (
            "delegation",
            {
                "person": data["delegate"],
                "reference": data["reference"],
                "from": data["starts_on"] and data["starts_on"].isoformat(),
                "until": data["ends_on"] and data["ends_on"].isoformat(),
                "cap": data["cap"] and plain_euros(data["cap"]),
            },
        ),
        "opinion": ("opinion", {"given_in": data["given_in"], "signed_by": data["signed_by"]}),
    }
    return {
        key: {name: value for name, value in block.items() if value not in (None, "")}
        for mode, (key, block) in blocks.items()
        if mode in used
    }


def typed_of(book: Rules) -> dict[str, Any]:
    """The fields that say these rules; what they do not use has what people mostly want."""
    plain = to_plain(book)
    quorum, second = plain["quorum"], plain.get("second_call", {})
    notice = plain.get("notice", {"days": 5, "urgent_days": 2})
    consultation, delegation = plain.get("consultation", {}), book.delegation
    return {
        "mode": plain["mode"],
        **{mode_field(one.scheme): str(one.mode) for one in book.modes},
        "base": plain["majority"]["base"],
        "share": plain["majority"].get("share", "simple"),
        "unanimity": list(book.unanimity),
        "tie": str(book.tie),
        "quorum": _in_words(quorum["needed"]),
        "quorum_proxies": str(book.quorum.proxies),
        "quorum_per": str(book.quorum.per),
        "second_call": _in_words(second.get("needed", "")),
        "second_days": second.get("days", ""),
        "alternates": str(book.alternates),
        "proxies": book.proxies,
        "own_school": str(book.own_school),
        "notice_days": notice["days"],
        "urgent_days": notice["urgent_days"],
        "count": consultation.get("count", "concordant"),
        "votes": consultation.get("votes", ""),
        "days": consultation.get("days", ""),
        "delegate": str(delegation.person) if delegation else "",
        "reference": delegation.reference if delegation else "",
        "starts_on": delegation.starts_on.isoformat() if delegation else "",
        "ends_on": delegation.ends_on.isoformat() if delegation else "",
        "cap": plain_euros(delegation.cap_cents).replace(".", ",")
        if delegation and delegation.cap_cents
        else "",
        **plain.get("opinion", {"given_in": str(Mode.SITTING), "signed_by": "chair"}),
    }
