"""The paper a representative signs: the student's declaration, word for word, and the agreement under it. French."""

from datetime import date

from aid_requests import paper
from aid_requests.declarations import PENAL_LAW, Statement, french_day, person_sentence
from aid_requests.representatives import Guardian

AGREEMENT = "agree"  # the one box of the page


def agreement_sentence(guardian: Guardian, statement: Statement) -> str:
    return (
        f"Je soussigné·e {guardian.full_name}, {guardian.relation_words} de {statement.person.full_name}, que"
        " je représente, ai lu la déclaration ci-dessus. À ma connaissance, elle est exacte. J’accepte que cette"
        " personne la signe et que l’aide soit versée sur le compte indiqué."
    )


def render_agreement(statement: Statement, guardian: Guardian, *, place: str, signed_on: date) -> bytes:
    """The agreement as PDF; the same text, person, place and day give the same bytes."""
    version = f"{statement.reference}, version {statement.revision}"
    facts = [f"{sentence}\u202f;" for _code, sentence in statement.facts]
    content = [
        paper.text("Accord de la personne qui représente un·e mineur·e", paper.TITLE),
        paper.text(f"Référence {version}", paper.SMALL),
        paper.text("Déclaration à signer", paper.HEADING),
        paper.text(f"{person_sentence(statement.person)} {statement.demand}"),
        paper.text("Je déclare que"),
        paper.points(facts),
        paper.text(f"Compte à créditer\u00a0: {statement.account}, au nom de {statement.holder}."),
        paper.text("Accord", paper.HEADING),
        paper.text(agreement_sentence(guardian, statement)),
        paper.text(f"Fait à {place}, le {french_day(signed_on)}."),
        paper.text(f"Signé par {guardian.full_name}", paper.HEADING),
        paper.text(
            "Signature par un lien et un code à usage unique, envoyés à l’adresse électronique de cette personne.",
            paper.SMALL,
        ),
        paper.space(8),
        *[paper.text(f"{article} {words}", paper.SMALL) for article, words in PENAL_LAW],
        paper.text(f"Empreinte du texte (SHA-256)\u00a0: {statement.content_hash}", paper.SMALL),
    ]
    return paper.make_pdf(content, title=f"Accord {version}", foot=f"Accord {version}")
