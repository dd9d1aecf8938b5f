"""The faults of a schedule file, in the words of the editor's pages: no key, no code of the file is named there.

A file that is brought keeps the reading's own sentences, with its keys: whoever wrote it knows them.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_CODE = r"(?P<one>[^»]+?)"
_SAID: tuple[tuple[str, Promise], ...] = (
    (
        r"Une condition nomme une seule source .*",
        _("Cette condition n’est pas finie : choisissez ce que l’on compare, comment, et avec quoi."),
    ),
    (r"Nommez une seule source : .*", _("Choisissez ce que l’on compare.")),
    (r"« between » demande deux valeurs .*", _("« Entre » demande deux valeurs, la plus petite d’abord.")),
    (r"« between » commence par .*", _("« Entre » demande deux valeurs, la plus petite d’abord.")),
    (
        r"« (lt|le|gt|ge|between) » compare des nombres.*",
        _("Avant, après, au plus et au moins ne comparent que des nombres, des dates ou des montants."),
    ),
    (
        r"« \w+_(between|inclusive) » demande deux dates .*",
        _("Choisissez les deux dates, le début et la fin."),
    ),
    (
        r"« valid_if » et « invalid_message » vont ensemble.*",
        _("La condition d’une réponse acceptée et la phrase qui dit quoi corriger vont ensemble."),
    ),
    (
        r"« times » et « at_most » vont ensemble.*",
        _("« Multiplié par » et « Au plus ce nombre de fois » vont ensemble : remplissez les deux."),
    ),
    (
        r"« times » nomme un nombre.*",
        _("« Multiplié par » veut un nombre : une réponse, un nombre de lignes ou une durée."),
    ),
    (r"Une question à choix a au moins deux réponses.*", _("Un choix a au moins deux réponses.")),
    (
        r"Un groupe a ses propres questions.*",
        _("Ce groupe n’a pas encore de question : ajoutez-en une à la ligne."),
    ),
    (
        r"« \w+ » n’a pas de sens pour une question de sorte .*",
        _("Ce champ ne sert pas pour cette sorte de réponse : videz-le."),
    ),
    (
        r"Il manque le montant \(« amount »\).*",
        _("Il manque le montant : le dispositif n’a pas de parts qui le remplacent."),
    ),
    (
        r"Un plafond fixe un nombre .*",
        _("Un plafond fixe un nombre d’aides ou un montant : remplissez l’un."),
    ),
    (r"« need » ne sert qu’avec per.*", _("« Même besoin » ne sert qu’avec un plafond par besoin.")),
    (
        rf"« {_CODE} » n’est ni un code de pays en majuscules ni un nom de « sets »\.",
        _("« %(one)s » n’est ni un pays ni une zone d’ici : écrivez un nom, ou un code comme FI."),
    ),
    (
        rf"« {_CODE} » n’est pas un code de pays.*",
        _("« %(one)s » n’est pas un pays connu : écrivez son nom, ou son code comme FI."),
    ),
    (
        rf"« {_CODE} » est un groupe : comparez count.*",
        _("« %(one)s » est un groupe : comparez son nombre de lignes, un total ou une valeur extrême."),
    ),
    (
        rf"« {_CODE} » est posée à chaque ligne : comparez .*",
        _(
            "« %(one)s » est posée à chaque ligne : comparez un total, la plus petite ou la plus grande valeur."
        ),
    ),
    (
        rf"« {_CODE} » n’est pas un groupe : comparez sa réponse .*",
        _("« %(one)s » n’est pas un groupe : comparez sa réponse."),
    ),
    (r"Nommez une question du groupe\. .*", _("Choisissez une question du groupe.")),
    (r"« sum » se prend sur .*", _("Un total se prend sur des nombres ou des montants seulement.")),
    (
        r"« (min|max) » se prend sur .*",
        _("Une valeur extrême se prend sur des nombres, des montants ou des dates seulement."),
    ),
    (rf"Aucune porte ne s’appelle « {_CODE} » dans « doors »\.", _("Aucune porte ne s’appelle « %(one)s ».")),
    (r"Écrivez yes ou no\.", _("Choisissez oui ou non.")),
    (r"Valeur inconnue\. Valeurs possibles : .*", _("Choisissez une des valeurs proposées.")),
    (r"Écrivez une date qui existe, comme .*", _("Écrivez une date qui existe, comme 03/04/2020.")),
    (r"Écrivez un montant en euros, un point .*", _("Écrivez un montant en euros, comme 150 ou 150,50.")),
    (r"Le montant doit être d’au moins un centime.*", _("Le montant doit être d’au moins un centime.")),
)


def _spaced(pattern: str) -> str:
    """The pattern whatever the spaces of the sentence: the file's own are not all of one kind."""
    return pattern.replace(" ", r"[ \u00a0\u202f]")


_PATTERNS: tuple[tuple[Callable[[str], re.Match[str] | None], Promise], ...] = tuple(
    (re.compile(_spaced(pattern), re.DOTALL).fullmatch, said) for pattern, said in _SAID
)


def in_plain_words(message: str) -> str | None:
    """What the editor says for a fault of the file, None when the fault's own sentence is plain already."""
    for matches, said in _PATTERNS:
        found = matches(message)
        if found:
            named = {key: value.strip() for key, value in found.groupdict().items()}
            return str(said) % named
    return None
