"""The things that a schedule is made of, each with its fields in the words of the editor's pages."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from aid_requests.scheme_editor.shapes import Input, ListOf, Names, Shape, Slot
from aid_requests.scheme_editor.trees import NoSuchPlace, steps_of
from aid_requests.schemes import Kind

CODE_HINT = _("En minuscules, sans accent ni espace, par exemple stage_rompu. Le public ne le voit pas.")
KINDS: Names = (
    (Kind.YES_NO, _("Oui ou non")),
    (Kind.CHOICE, _("Un choix dans une liste")),
    (Kind.NUMBER, _("Un nombre entier")),
    (Kind.DATE, _("Une date")),
    (Kind.COUNTRY, _("Un pays")),
    (Kind.AMOUNT, _("Un montant en euros")),
    (Kind.TEXT, _("Un texte libre (il ne décide de rien)")),
    ("group", _("Un groupe de questions, répété ligne par ligne")),
)
_YES_NO: Names = (("yes", _("Oui")), ("no", _("Non")))
_SIMPLE = frozenset(Kind) - {"group"}
_BOUNDED = frozenset({Kind.NUMBER, Kind.DATE, Kind.AMOUNT, "group"})


def _code(key: str = "code") -> Slot:
    return Slot(key, Input.LINE, _("Code"), CODE_HINT)


def _hint() -> Slot:
    return Slot("hint", Input.PARAGRAPH, _("Aide sous le titre"), needed=False)


OPTION = Shape(
    _("Réponse"),
    "value",
    "label",
    (
        _code("value"),
        Slot("label", Input.WORDS, _("Réponse, comme on la lit")),
        Slot("hint", Input.WORDS, _("Précision sous la réponse"), needed=False),
    ),
)
_QUESTION_SLOTS = (
    Slot("id", Input.LINE, _("Code"), CODE_HINT),
    Slot("kind", Input.CHOICE, _("Réponse attendue"), choices=KINDS),
    Slot("label", Input.PARAGRAPH, _("Question, comme on la lit")),
    _hint(),
    Slot(
        "required",
        Input.CHOICE,
        _("Faut-il répondre ?"),
        _("Une question qui décide d’un cas doit être obligatoire."),
        choices=(("yes", _("Oui, toujours")), ("no", _("Non, c’est facultatif"))),
        default="yes",
        kinds=_SIMPLE,
    ),
    Slot("options", Input.OPTIONS, _("Réponses possibles"), kinds=frozenset({Kind.CHOICE})),
    Slot("minimum", Input.LITERAL, _("Au moins"), needed=False, kinds=_BOUNDED),
    Slot("maximum", Input.LITERAL, _("Au plus"), needed=False, kinds=_BOUNDED),
    Slot(
        "max_length",
        Input.NUMBER,
        _("Longueur du texte"),
        _("Nombre de caractères au plus."),
        needed=False,
        kinds=frozenset({Kind.TEXT}),
    ),
    Slot(
        "row_label",
        Input.WORDS,
        _("Nom d’une ligne"),
        _("Par exemple : Billet."),
        needed=False,
        kinds=frozenset({"group"}),
    ),
    Slot(
        "visible_if",
        Input.CONDITION,
        _("Question posée seulement si"),
        _("Sans condition, la question est posée à tout le monde."),
        needed=False,
    ),
    Slot(
        "valid_if",
        Input.CONDITION,
        _("Réponse acceptée seulement si"),
        _("Par exemple un retour après le départ. Une phrase dit alors quoi corriger."),
        needed=False,
        kinds=_SIMPLE,
    ),
    Slot(
        "invalid_message",
        Input.PARAGRAPH,
        _("Phrase quand la réponse n’est pas acceptée"),
        needed=False,
        kinds=_SIMPLE,
    ),
)
ROW_QUESTION = Shape(
    _("Question de la ligne"),
    "id",
    "label",
    tuple(
        replace(slot, choices=KINDS[:-1]) if slot.key == "kind" else slot
        for slot in _QUESTION_SLOTS
        if slot.key != "row_label"
    ),
    condition="visible_if",
)
QUESTION = Shape(
    _("Question"),
    "id",
    "label",
    _QUESTION_SLOTS,
    (
        ListOf(
            "questions",
            ROW_QUESTION,
            _("Questions de chaque ligne"),
            _("Ajouter une question à la ligne"),
            _("La ligne est vide."),
            kinds=frozenset({"group"}),
        ),
    ),
    condition="visible_if",
)
DOOR = Shape(
    _("Porte"),
    "code",
    "label",
    (
        _code(),
        Slot("label", Input.WORDS, _("Qui peut aider")),
        Slot("hint", Input.PARAGRAPH, _("Ce que la personne y trouve")),
    ),
)
ORIENTATION_HINT = _("La meilleure d’abord. On ne laisse jamais une personne sans porte.")
RULE = Shape(
    _("Refus"),
    "code",
    "reason",
    (
        _code(),
        Slot("refuse_when", Input.CONDITION, _("On refuse quand")),
        Slot("reason", Input.PARAGRAPH, _("Phrase qui le dit à la personne")),
        Slot("orientation", Input.DOORS, _("Portes proposées"), ORIENTATION_HINT),
    ),
    condition="refuse_when",
)
DOCUMENT = Shape(
    _("Pièce"),
    "code",
    "label",
    (
        _code(),
        Slot("label", Input.WORDS, _("Pièce, comme on la lit")),
        _hint(),
        Slot(
            "required",
            Input.CHOICE,
            _("Sans cette pièce"),
            choices=(
                ("always", _("le dossier est incomplet")),
                ("subject_to", _("l’aide peut être accordée sous réserve de la recevoir")),
            ),
            default="always",
        ),
        Slot(
            "watermark",
            Input.CHOICE,
            _("Papier d’identité"),
            choices=(("no", _("Non")), ("yes", _("Oui : la copie gardée porte en travers à quoi elle sert"))),
            default="no",
        ),
        Slot("when", Input.CONDITION, _("Demandée seulement si"), needed=False),
    ),
    condition="when",
)
FACT = Shape(
    _("Fait à déclarer"),
    "code",
    "text",
    (
        _code(),
        Slot(
            "text",
            Input.PARAGRAPH,
            _("Phrase, à la suite de « Je déclare que »"),
            _("Le code d’une question entre accolades y met la réponse : {date_de_retour}."),
        ),
        Slot("when", Input.CONDITION, _("Déclaré seulement si"), needed=False),
    ),
    condition="when",
)
DOCUMENTS = ListOf(
    "documents",
    DOCUMENT,
    _("Pièces"),
    _("Ajouter une pièce"),
    _("Aucune pièce n’est demandée ici."),
)
FACTS = ListOf(
    "facts", FACT, _("Faits à déclarer"), _("Ajouter un fait"), _("Aucun fait n’est à déclarer ici.")
)
CASE = Shape(
    _("Cas"),
    "code",
    "label",
    (
        _code(),
        Slot("label", Input.WORDS, _("Cas, comme on le lit")),
        _hint(),
        Slot("when", Input.CONDITION, _("C’est ce cas quand")),
        Slot(
            "amount",
            Input.AMOUNT,
            _("Montant en euros"),
            _("Vide seulement si le dispositif paie par parts."),
            needed=False,
        ),
    ),
    (DOCUMENTS, FACTS),
    condition="when",
)
PART = Shape(
    _("Part"),
    "code",
    "label",
    (
        _code(),
        Slot("label", Input.WORDS, _("Part, comme on la lit")),
        Slot("when", Input.CONDITION, _("Elle s’ajoute quand")),
        Slot("amount", Input.AMOUNT, _("Montant en euros")),
        Slot(
            "times",
            Input.OPERAND,
            _("Multiplié par"),
            _("Un nombre de mois, de jours, de lignes. Vide : le montant compte une fois."),
            needed=False,
        ),
        Slot("at_most", Input.NUMBER, _("Au plus ce nombre de fois"), needed=False),
    ),
    (DOCUMENTS, FACTS),
    condition="when",
)
CAP = Shape(
    _("Plafond"),
    "per",
    "per",
    (
        Slot(
            "per",
            Input.CHOICE,
            _("Plafond pour"),
            choices=(
                ("person_and_university_year", _("une personne et une année universitaire")),
                ("person", _("une personne, pour toujours")),
                ("person_and_need", _("une personne et un même besoin, pour toujours")),
                (
                    "person_need_and_university_year",
                    _("une personne, un même besoin et une année universitaire"),
                ),
                ("scheme", _("le dispositif entier, depuis son premier jour")),
            ),
        ),
        Slot(
            "need",
            Input.QUESTIONS,
            _("Même besoin : mêmes réponses à"),
            _("Seulement pour un plafond par besoin. Vide : le même cas est le même besoin."),
            needed=False,
        ),
        Slot("requests", Input.NUMBER, _("Nombre d’aides au plus"), needed=False),
        Slot("amount", Input.AMOUNT, _("Montant au plus, en euros"), needed=False),
    ),
)


QUESTIONS = ListOf(
    "questions",
    QUESTION,
    _("Questions"),
    _("Ajouter une question"),
    _("Aucune question n’est posée."),
)
DOORS = ListOf("doors", DOOR, _("Portes"), _("Ajouter une porte"), _("Personne d’autre n’est nommé."))
RULES = ListOf("eligibility", RULE, _("Refus"), _("Ajouter un refus"), _("Personne n’est refusé d’emblée."))
CASES = ListOf("cases", CASE, _("Cas"), _("Ajouter un cas"), _("Aucun cas : personne ne reçoit rien."))
PARTS = ListOf("parts", PART, _("Parts"), _("Ajouter une part"), _("Rien ne s’ajoute au montant du cas."))
OPENING = ListOf(
    "opening_facts",
    FACT,
    _("Faits déclarés en premier, dans tous les cas"),
    _("Ajouter un premier fait"),
    _("Aucun fait commun au début."),
)
CLOSING = ListOf(
    "closing_facts",
    FACT,
    _("Faits déclarés à la fin, dans tous les cas"),
    _("Ajouter un dernier fait"),
    _("Aucun fait commun à la fin."),
)
CAPS = ListOf("caps", CAP, _("Plafonds"), _("Ajouter un plafond"), _("Aucun plafond."))
SET = Shape(
    _("Zone"),
    "code",
    "label",
    (
        _code(),
        Slot("label", Input.WORDS, _("Nom de la zone")),
        Slot("countries", Input.COUNTRIES, _("Pays de la zone"), _("Séparés par des virgules.")),
    ),
)
SETS = ListOf(
    "sets", SET, _("Zones de pays"), _("Ajouter une zone"), _("Aucune zone : on nomme les pays un par un.")
)
LISTS: tuple[ListOf, ...] = (SETS, QUESTIONS, DOORS, RULES, CASES, PARTS, DOCUMENTS, OPENING, CLOSING, CAPS)


def shape_at(place: str) -> Shape:
    """The shape of the item at `place`. Raises NoSuchPlace where no item can be."""
    shape: Shape | None = None
    lists: tuple[ListOf, ...] = LISTS
    for step in steps_of(place):
        if isinstance(step, str):
            shape = next((one.shape for one in lists if one.key == step), None)
            if shape is None:
                raise NoSuchPlace(place)
            lists = shape.lists
    if shape is None or not place.rpartition(".")[2].isdigit():
        raise NoSuchPlace(place)
    return shape
