"""A small scheme that uses every part of the grammar, and the answers that reach each case of the two schedules."""

from datetime import date
from functools import cache
from pathlib import Path

from aid_requests import schemes
from aid_requests.schemes import Scheme, load

SCHEDULES = Path(schemes.__file__).parent.parent / "schedules"
SLUGS = ("emergency-aid", "mobility-aid")
REQUESTED_ON = {"date.requested_on": date(2020, 5, 15)}

SMALL = """\
grammar: 1
slug: project-fund
title: {fr: Fonds de projets, en: Project fund}
summary: {fr: Une aide selon la durée., en: Aid by length.}
reference_prefix: P
pocket: general
opens_on: 2020-04-03
closes_on: 2020-06-30
bank_label: FONDATION VERSEMENT
delays: {days_to_payment: 6}
decision: {votes: 2, own_school: excluded}
caps:
- {per: person_and_university_year, requests: 1, amount: 700.00}
questions:
- id: kind
  kind: choice
  label: {fr: Quel stage, en: Which internship}
  options:
  - {value: lab, label: {fr: Laboratoire, en: Laboratory}}
  - {value: firm, label: {fr: Entreprise, en: Company}, hint: {fr: Ou association, en: Or charity}}
- id: weeks
  kind: number
  label: {fr: Combien de semaines, en: How many weeks}
  minimum: 1
  maximum: 52
- id: abroad
  kind: yes_no
  label: {fr: À l’étranger, en: Abroad}
- id: country
  kind: country
  label: {fr: Dans quel pays, en: In which country}
  visible_if: {answer: abroad, eq: yes}
- id: began_on
  kind: date
  label: {fr: Depuis quand, en: Since when}
  minimum: 2019-09-01
  valid_if: {answer: began_on, le: {date: requested_on}}
  invalid_message: {fr: Cette date est à venir., en: This date is to come.}
- id: cost
  kind: amount
  label: {fr: Combien, en: How much}
  maximum: 3000.00
- id: story
  kind: text
  label: {fr: Votre projet, en: Your project}
  required: no
  max_length: 200
doors:
- {code: crous, label: {fr: Le Crous, en: The Crous}, hint: {fr: Il aide, en: It helps}}
eligibility:
- code: too_short
  refuse_when: {answer: weeks, lt: 4}
  reason: {fr: Quatre semaines au moins., en: Four weeks at least.}
  orientation: [crous]
otherwise:
  reason: {fr: Rien ne convient., en: Nothing fits.}
  orientation: [crous]
cases:
- code: short_lab
  label: {fr: Laboratoire court, en: Short laboratory}
  when: {all: [{answer: kind, eq: lab}, {answer: weeks, between: [4, 12]}]}
  amount: 150.00
- code: long_lab
  label: {fr: Laboratoire long, en: Long laboratory}
  when: {all: [{answer: kind, eq: lab}, {not: {answer: weeks, le: 12}}]}
  amount: 300.00
- code: firm
  label: {fr: Entreprise, en: Company}
  when: {answer: kind, eq: firm}
  amount: 450.00
  documents:
  - {code: agreement, label: {fr: La convention, en: The agreement}, required: subject_to}
  facts:
  - code: firm_weeks
    text: {fr: "je fais {weeks} semaines", en: "I do {weeks} weeks"}
parts:
- code: far
  label: {fr: Loin, en: Far}
  when: {answer: country, in: [JP, CA, "NO"]}
  amount: 250.00
  documents:
  - {code: ticket, label: {fr: Le billet, en: The ticket}}
documents:
- {code: rent, label: {fr: La quittance, en: The rent receipt}, when: {answer: abroad, eq: no}}
opening_facts:
- {code: enrolled, text: {fr: je suis en stage, en: I am an intern}}
closing_facts:
- code: cost
  text: {fr: "j’ai payé {cost} depuis le {began_on}", en: "I have paid {cost} since {began_on}"}
"""

# What a person types, by slug and case: the strings of a form.
EMERGENCY = {
    "internship_broken_off": {
        "enrolled": "yes",
        "lives_in_france": "yes",
        "cause": "internship",
        "need": "rent",
        "stopped_on": "16/03/2020",
        "amount_due": "412,50",
    },
    "student_job_stopped": {
        "enrolled": "oui",
        "lives_in_france": "oui",
        "cause": "student_job",
        "need": "rental_charges",
        "stopped_on": "2020-03-17",
        "amount_due": "60 €",
    },
    "money_blocked_abroad": {
        "enrolled": "yes",
        "lives_in_france": "yes",
        "cause": "family_money",
        "need": "food",
        "stopped_on": "01/04/2020",
    },
}
_PAID = {"refunded": "no", "paid_on": "17/03/2020", "amount_paid": "612"}
MOBILITY = {
    "deposit_lost": {"enrolled": "yes", "situation": "deposit_lost", "country": "FI", **_PAID},
    "tickets_not_refunded": {"enrolled": "yes", "situation": "tickets_lost", **_PAID},
    "early_return": {
        "enrolled": "yes",
        "situation": "early_return",
        "country": "fi",
        "departed_on": "02/02/2020",
        "returned_on": "18/03/2020",
        **_PAID,
    },
    "confined_abroad": {
        "enrolled": "yes",
        "situation": "confined_abroad",
        "rent_due": "yes",
        "country": "CA",
        "departed_on": "02/02/2020",
        "monthly_rent": "1 050,00",
    },
    "confined_in_france": {
        "enrolled": "yes",
        "situation": "confined_in_france",
        "rent_due": "yes",
        "country": "MA",
        "monthly_rent": "380",
    },
    "internship_cancelled": {
        "enrolled": "yes",
        "situation": "internship_cancelled",
        "rent_due": "yes",
        "cancelled_on": "20/03/2020",
        "monthly_rent": "495,5",
    },
}
TYPED = {"emergency-aid": EMERGENCY, "mobility-aid": MOBILITY}
AMOUNT_CENTS = {
    "internship_broken_off": 15000,
    "student_job_stopped": 15000,
    "money_blocked_abroad": 15000,
    "deposit_lost": 30000,
    "tickets_not_refunded": 20000,
    "early_return": 40000,
    "confined_abroad": 50000,
    "confined_in_france": 35000,
    "internship_cancelled": 25000,
}
CASES = [(slug, code) for slug, typed in TYPED.items() for code in typed]


@cache
def schedule(slug: str) -> Scheme:
    return load((SCHEDULES / f"{slug}.yaml").read_text(encoding="utf-8"))


@cache
def small() -> Scheme:
    return load(SMALL)
