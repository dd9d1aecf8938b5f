"""What happened before the visitor came, all invented: gifts day by day and the requests of seven students."""

from dataclasses import dataclass, field
from datetime import date

EMERGENCY, MOBILITY = "emergency-aid", "mobility-aid"

# (day of 2020, first name, last name, euros, how it was paid)
GIFTS = (
    ("04-03", "Agnès", "Lorient", 50, "card"),
    ("04-03", "Bruno", "Castel", 100, "card"),
    ("04-04", "Claire", "Devaux", 20, "card"),
    ("04-06", "Denis", "Hamel", 150, "card"),
    ("04-08", "Élise", "Morvan", 35, "debit"),
    ("04-10", "Farid", "Zidane-Roux", 60, "card"),
    ("04-14", "Gaëlle", "Perrot", 20, "card"),
    ("04-17", "Henri", "Dumas-Vial", 500, "card"),
    ("04-20", "Irène", "Saulnier", 50, "card"),
    ("04-22", "Jules", "Marchand-Roy", 25, "card"),
    ("04-24", "Karine", "Besson", 100, "debit"),
    ("04-27", "Louis", "Charpentier", 40, "card"),
    ("04-29", "Maëva", "Tissier", 30, "card"),
    ("05-02", "Nadir", "Oubella", 75, "card"),
    ("05-05", "Odile", "Renard-Prat", 200, "card"),
    ("05-07", "Pierre", "Quentin", 15, "card"),
    ("05-09", "Quitterie", "Laborde", 20, "card"),
    ("05-11", "Rachid", "Nasri", 1000, "card"),
    ("05-12", "Sophie", "Vidal-Comte", 50, "card"),
    ("05-14", "Tom", "Kervella", 62, "card"),
)

# How far a request got when the visitor arrives.
SUBMITTED, IN_REVIEW, ONE_VOTE, GRANTED, PAID = "submitted", "in_review", "one_vote", "granted", "paid"


@dataclass(frozen=True)
class Story:
    """One student's request. `iban` is a made-up number whose checks are right."""

    first_name: str
    last_name: str
    school: str
    slug: str
    answers: dict[str, str]
    iban: str
    reached: str
    asked_on: date
    story: str
    shown: bool = field(default=False)  # listed among the people one can become


def _emergency(cause: str, need: str, stopped_on: str, due: str) -> dict[str, str]:
    answers = {
        "enrolled": "yes",
        "lives_in_france": "yes",
        "cause": cause,
        "need": need,
        "stopped_on": stopped_on,
    }
    return answers | ({"amount_due": due} if due else {})


STORIES = (
    Story(
        "Léa", "Nguyen-Faure", "lille", EMERGENCY, _emergency("internship", "rent", "17/03/2020", "410"),
        "FR7610278022813016613186061", PAID, date(2020, 4, 20),
        "Mon stage devait durer jusqu’en juillet. L’entreprise a fermé le 17 mars, le loyer est resté.",
    ),
    Story(
        "Adama", "Diallo", "grenoble", EMERGENCY, _emergency("student_job", "rent", "15/03/2020", "380"),
        "FR7630004008238246281948245", GRANTED, date(2020, 5, 6),
        "Je travaillais douze heures par semaine dans une librairie, fermée le 15 mars. Ce salaire payait mon loyer.",
        shown=True,
    ),
    Story(
        "Chloé", "Petit-Jean", "nantes", EMERGENCY, _emergency("family_money", "food", "20/03/2020", ""),
        "FR7614505000021993518190917", GRANTED, date(2020, 5, 7),
        "Ma famille m’envoyait de l’argent chaque mois. Les virements depuis son pays ne passent plus.",
    ),
    Story(
        "Yanis", "Haddad", "tours", EMERGENCY, _emergency("student_job", "rental_charges", "16/03/2020", "95,50"),
        "FR7613807006023786579754312", IN_REVIEW, date(2020, 5, 11),
        "Le restaurant où je servais a fermé. J’ai payé le loyer avec mes économies, il me manque les charges.",
    ),
    Story(
        "Emma", "Fournier-Lang", "marseille", MOBILITY,
        {
            "enrolled": "yes", "situation": "early_return", "refunded": "no", "country": "FI",
            "departed_on": "02/02/2020", "returned_on": "18/03/2020", "paid_on": "17/03/2020", "amount_paid": "612",
        },
        "FR7618206001232319487574929", ONE_VOTE, date(2020, 5, 8),
        "Mon stage à Oulu s’est arrêté le 16 mars. J’ai repris un billet par Helsinki, trois fois le prix prévu.",
    ),
    Story(
        "Hugo", "Lambert-Roy", "lyon", EMERGENCY, _emergency("internship", "food", "23/03/2020", ""),
        "FR7616006320111186252760196", SUBMITTED, date(2020, 5, 13),
        "Mon stage a été rompu la première semaine du confinement.",
    ),
)  # fmt: skip

FOUNDATION_IBAN = "FR7620041010059139099603004"
FOUNDATION_BIC = "PSSTFRPPPAR"
NEW_IBAN = "FR7630003005405260181590815"  # written on the page of the demo, for who has no account at hand
