"""The pages of the editor, in the order in which a schedule is best written."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from aid_requests.scheme_editor.schedule import (
    CAPS,
    CASES,
    CLOSING,
    DOCUMENTS,
    DOORS,
    OPENING,
    ORIENTATION_HINT,
    PARTS,
    QUESTIONS,
    RULES,
    SETS,
)
from aid_requests.scheme_editor.shapes import Input, Section, Slot

ABOUT = Section(
    "cadre",
    _("Cadre"),
    _("Ce qu’est l’aide, quand on peut la demander, qui la paie et qui la décide."),
    (
        Slot("title", Input.WORDS, _("Nom de l’aide")),
        Slot("summary", Input.PARAGRAPH, _("L’aide en une phrase")),
        Slot(
            "slug",
            Input.LINE,
            _("Nom dans l’adresse"),
            _(
                "En minuscules, sans accent, avec des tirets : aide-au-projet. Il ne change plus une fois ouvert."
            ),
        ),
        Slot("opens_on", Input.DATE, _("Premier jour")),
        Slot("closes_on", Input.DATE, _("Dernier jour")),
        Slot("pocket", Input.POCKET, _("Enveloppe qui paie"), _("Un nouveau code crée une enveloppe vide.")),
        Slot(
            "reference_prefix",
            Input.LINE,
            _("Lettre des références"),
            _("Une majuscule : chaque dossier commence par elle."),
        ),
        Slot(
            "bank_label",
            Input.LINE,
            _("Libellé sur le relevé de la personne"),
            _("Neutre, sans accent : la banque de la personne le lit."),
        ),
        Slot("delays.days_to_payment", Input.NUMBER, _("Jours de la signature au virement")),
        Slot("decision.votes", Input.NUMBER, _("Voix pour décider")),
        Slot(
            "decision.own_school",
            Input.CHOICE,
            _("Un membre de la même école"),
            choices=(("excluded", _("ne vote pas")), ("allowed", _("peut voter"))),
        ),
        Slot(
            "access",
            Input.CHOICE,
            _("Qui peut demander"),
            choices=(
                ("open", _("toute personne des écoles")),
                ("invited", _("seulement qui a reçu une invitation")),
            ),
            default="open",
        ),
    ),
    owns=frozenset({"grammar", ""}),
)
SECTIONS = (
    ABOUT,
    Section(
        "questions",
        _("Questions"),
        _("Ce que l’on demande, dans l’ordre. Une condition ne parle que de questions déjà posées."),
        lists=(QUESTIONS, SETS),
    ),
    Section(
        "portes",
        _("Portes ailleurs"),
        _("Qui d’autre peut aider : une personne refusée en trouve toujours une."),
        lists=(DOORS,),
    ),
    Section(
        "refus",
        _("Refus d’emblée"),
        _("Qui ne peut pas recevoir cette aide, pourquoi, et où aller. Le premier refus qui convient parle."),
        (
            Slot("otherwise.reason", Input.PARAGRAPH, _("Phrase quand aucun cas ne convient")),
            Slot(
                "otherwise.orientation",
                Input.DOORS,
                _("Portes quand aucun cas ne convient"),
                ORIENTATION_HINT,
            ),
        ),
        (RULES,),
    ),
    Section(
        "cas",
        _("Cas et montants"),
        _("Un seul cas doit convenir à la fois : il fixe le montant, ses pièces et ses faits à déclarer."),
        lists=(CASES,),
    ),
    Section(
        "parts",
        _("Parts"),
        _("Des montants qui s’ajoutent à celui du cas, chacun à sa condition."),
        lists=(PARTS,),
    ),
    Section(
        "declarer",
        _("Pièces et faits communs"),
        _("Ce qui est demandé et déclaré dans tous les cas. Ce qui est propre à un cas s’écrit dans le cas."),
        lists=(DOCUMENTS, OPENING, CLOSING),
    ),
    Section(
        "plafonds",
        _("Plafonds"),
        _("Combien d’aides et combien d’euros au plus."),
        lists=(CAPS,),
    ),
)


def section(key: str) -> Section:
    """Raises KeyError when no page has that name."""
    return {one.key: one for one in SECTIONS}[key]


def section_of(place: str) -> Section:
    """The page that shows what is wrong at `place`."""
    first = place.partition(".")[0]
    return next((one for one in SECTIONS if first in one.keys), ABOUT)
