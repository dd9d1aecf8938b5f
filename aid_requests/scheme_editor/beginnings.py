"""What a new draft begins with when nothing is copied: the parts that nearly every aid has."""

from __future__ import annotations

import copy
from typing import Any

from aid_requests.schemes.grammar import GRAMMAR_VERSION

_ELSEWHERE = {
    "fr": "Cette aide ne couvre pas votre situation. Voici qui peut vous aider.",
    "en": "This aid does not cover your situation. Here is who can help.",
}


_STARTER: dict[str, Any] = {
    "grammar": str(GRAMMAR_VERSION),
    "delays": {"days_to_payment": "6"},
    "decision": {"votes": "2", "own_school": "excluded"},
    "questions": [
        {
            "id": "enrolled",
            "kind": "yes_no",
            "label": {
                "fr": "Êtes-vous inscrite ou inscrit cette année dans une école du réseau\u202f?",
                "en": "Are you enrolled this year in a school of the network?",
            },
        }
    ],
    "doors": [
        {
            "code": "social_worker",
            "label": {
                "fr": "L’assistance sociale de votre université",
                "en": "The social workers of your university",
            },
            "hint": {
                "fr": "L’entretien est gratuit et confidentiel. Il peut ouvrir une aide ponctuelle.",
                "en": "The meeting is free and confidential. It can lead to one-off aid.",
            },
        },
        {
            "code": "crous",
            "label": {"fr": "Le Crous de votre académie", "en": "The Crous of your area"},
            "hint": {
                "fr": "Il verse des aides d’urgence à tous les étudiants, boursiers ou non.",
                "en": "It pays emergency aid to all students, with or without a grant.",
            },
        },
    ],
    "eligibility": [
        {
            "code": "not_enrolled",
            "refuse_when": {"answer": "enrolled", "eq": "no"},
            "reason": {
                "fr": "Cette aide est réservée aux étudiantes et étudiants inscrits dans une école du réseau.",
                "en": "This aid is for students enrolled in a school of the network.",
            },
            "orientation": ["crous", "social_worker"],
        }
    ],
    "otherwise": {"reason": _ELSEWHERE, "orientation": ["social_worker", "crous"]},
    "closing_facts": [
        {
            "code": "own_account",
            "text": {
                "fr": "le compte bancaire que j’indique est à mon nom",
                "en": "the bank account I give is in my name",
            },
        },
        {
            "code": "give_back",
            "text": {
                "fr": "je rendrai l’aide si l’un de ces points se révèle faux",
                "en": "I will give the aid back if one of these points proves untrue",
            },
        },
    ],
}


def starter() -> dict[str, Any]:
    """A small tree to write on: a question, a refusal, two doors, two facts; no case yet."""
    return copy.deepcopy(_STARTER)
