"""Tax receipts in the season: an example text is recorded, and what was given before it gets its receipts by a run."""

from datetime import date

from donations.receipts.runs import start_run
from fund.legal_bases import Basis, record_basis
from fund.models import User
from fund.models.institution import BasisKind

EXAMPLE = Basis(
    kind=BasisKind.TAX_RECEIPTS,
    text=(
        "Texte d’exemple de la démonstration\u00a0: il n’existe pas et n’ouvre aucun droit. Une vraie installation"
        " inscrit ici le texte qui permet à la fondation d’émettre des reçus fiscaux."
    ),
    reference="Texte d’exemple de la démonstration nº\u00a00",
    decided_on=date(2020, 4, 7),
    object_text="Aide aux élèves des écoles du réseau (objet d’exemple de la démonstration)",
    signer_name="Camille Roussignol",
    signer_quality="administratrice (démonstration)",
)


def record_example(administrator: User) -> None:
    """From now on a gift with a complete address has its receipt."""
    record_basis(by=administrator, basis=EXAMPLE)


def certify_earlier_gifts(treasurer: User) -> None:
    """The gifts of the year that came before the text."""
    start_run(by=treasurer, year=2020)
