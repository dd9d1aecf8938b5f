"""The rules of a committee as one plain form, and as a YAML file. Faults stand beside the field they concern."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from aid_requests.committee import rules
from aid_requests.committee.rules import Mode, Rules
from aid_requests.committee.rules.reading import MAX_BYTES, load_plain
from aid_requests.committee.rules.writing import to_plain
from aid_requests.schemes.problems import Problem
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


def _number(label: Any, **bounds: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, **{**_DAYS, **bounds})


class RulesForm(forms.Form):
    """After `is_valid()`: `text` is the YAML to keep. What the chosen modes do not use is left out of it."""

    revision = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    mode = _choice(
        _("Comment le comité décide, d’ordinaire"), [one for one in MODES if one[0] != "delegation"]
    )
    modes = forms.CharField(
        label=_("Sauf pour ces dispositifs"),
        help_text=_("Un par ligne : emergency-aid delegation, ou sitting, consultation, opinion."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
    )
    base = _choice(
        _("La majorité se compte sur"),
        [
            ("votes_cast", _("les suffrages exprimés, sans les abstentions")),
            ("present_or_represented", _("les membres présents ou représentés")),
        ],
    )
    share = _text(_("Majorité demandée"), _("simple (plus de la moitié), ou une part : 2/3."), 7)
    unanimity = _text(
        _("Unanimité pour"),
        _("Séparés par des virgules : un dispositif, un de ses cas (emergency-aid/rent), ou exceptions."),
        1000,
    )
    tie = _choice(
        _("En cas de partage des voix"),
        [
            ("refused", _("la demande est refusée")),
            ("adjourned", _("la demande est ajournée")),
            ("casting_vote", _("la présidence départage")),
        ],
    )
    quorum = _text(_("Quorum"), _("none, un nombre de personnes, ou une part des sièges : 1/2."), 7)
    quorum_proxies = _choice(
        _("Les procurations comptent pour le quorum"), [("counted", _("oui")), ("not_counted", _("non"))]
    )
    quorum_per = _choice(
        _("Le quorum se regarde"),
        [("sitting", _("une fois par séance")), ("file", _("à chaque dossier, sans qui se déporte"))],
    )
    second_call = _text(
        _("Quorum à la seconde convocation"), _("Vide : pas de seconde convocation. Sinon none, 2, 1/3…"), 7
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
    starts_on = _text(_("Délégation à partir du"), _("Comme 2020-03-16."), 10)
    ends_on = _text(_("Jusqu’au, inclus"), _("Comme 2020-07-31."), 10)
    cap = _text(_("Montant le plus haut, en euros"), _("Comme 300.00. Vide : sans plafond."), 12)
    given_in = _choice(_("L’avis se donne"), MODES[:2])
    signed_by = _choice(_("La décision est signée par"), [])

    def __init__(self, *args: Any, people: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.text = ""
        named = [(str(pk), name) for pk, name in people]
        self.fields["delegate"].choices = [("", "—"), *named]  # type: ignore[attr-defined]
        self.fields["signed_by"].choices = [_CHAIR, *named]  # type: ignore[attr-defined]
        for name in ("delegate", "given_in", "signed_by", "count"):
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        try:
            self.text = rules.dump(load_plain(_plain_of(data)))
        except rules.RulesError as error:
            for problem in error.problems:
                self.add_error(_FIELD_OF.get(problem.path.partition("[")[0]), problem.message_fr)
        return data


# The place of a fault → the field beside which it is told; any other is told above the form.
_FIELD_OF = {
    "mode": "mode",
    "modes": "modes",
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


def _plain_of(data: dict[str, Any]) -> dict[str, Any]:
    """What was typed, as the file would say it."""
    modes = [line.split(None, 1) for line in data["modes"].splitlines() if line.strip()]
    used = {data["mode"], *(line[-1].strip() for line in modes)}
    if "opinion" in used:
        used.add(data["given_in"] or "sitting")
    plain = {
        "grammar": "1",
        "mode": data["mode"],
        "modes": [{"scheme": line[0], "mode": line[-1].strip()} for line in modes],
        "majority": {"base": data["base"], "share": data["share"] or "simple"},
        "unanimity": [code.strip() for code in data["unanimity"].split(",") if code.strip()],
        "quorum": {
            "needed": data["quorum"] or "none",
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
        plain["second_call"] = {"needed": data["second_call"], "days": data["second_days"] or 0}
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
                "from": data["starts_on"],
                "until": data["ends_on"],
                "cap": data["cap"],
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
        "modes": "\n".join(f"{one.scheme} {one.mode}" for one in book.modes),
        "base": plain["majority"]["base"],
        "share": plain["majority"].get("share", "simple"),
        "unanimity": ", ".join(book.unanimity),
        "tie": str(book.tie),
        "quorum": quorum["needed"],
        "quorum_proxies": str(book.quorum.proxies),
        "quorum_per": str(book.quorum.per),
        "second_call": second.get("needed", ""),
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
        "cap": plain_euros(delegation.cap_cents) if delegation and delegation.cap_cents else "",
        **plain.get("opinion", {"given_in": str(Mode.SITTING), "signed_by": "chair"}),
    }


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
        if file.size > MAX_BYTES:
            self.add_error("file", _("Ce fichier dépasse 20 ko : des règles tiennent dans moins."))
            return ""
        try:
            return str(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            self.add_error("file", _("Ce fichier n’est pas du texte UTF-8. Enregistrez-le en UTF-8."))
            return ""


class OpenRulesForm(forms.Form):
    """The draft that the page showed, and the open version it would close."""

    revision = forms.IntegerField(min_value=1, max_value=2**31 - 1)
    replaces = forms.IntegerField(min_value=1, max_value=2**31 - 1, required=False)
