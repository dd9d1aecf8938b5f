"""What every bank file becomes: statements of entries, entries of details.

An *entry* is one line of the account. A *detail* is one operation inside it: a batch of
forty transfers may be one entry with forty details, with one detail, or with none. All
amounts are signed as seen on the account (credit positive), in the smallest unit of their
currency. Nothing is repaired: what does not add up is told in ``Statement.problems``, in
sentences for the treasurer, and the figures stay as the file gives them.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from django.utils.translation import gettext_lazy as _

BOOKED: Final = "BOOK"

ERRORS: Final = {
    "empty": _("Ce fichier est vide : téléchargez-le de nouveau depuis le site de la banque."),
    "too_big": _("Ce fichier est trop gros pour un relevé : demandez à la banque une période plus courte."),
    "not_a_statement": _(
        "Ce fichier n’est pas un relevé de compte que nous savons lire : demandez à la banque"
        " un relevé camt.053, camt.054 ou CFONB 120."
    ),
    "archive": _(
        "Ce fichier est une archive compressée : ouvrez-la et envoyez les fichiers qu’elle contient."
    ),
    "status_report": _(
        "Ce fichier est un compte rendu de remise (pain.002), pas un relevé : envoyez-le"
        " comme réponse de la banque à un lot."
    ),
    "not_a_status_report": _(
        "Ce fichier n’est pas un compte rendu de remise (pain.002) : demandez-le à la banque."
    ),
    "cfonb240": _(
        "Ce fichier est un relevé CFONB 240, que nous ne lisons pas : demandez à la banque"
        " un relevé CFONB 120 ou camt.054."
    ),
    "mt940": _(
        "Ce fichier est un relevé MT940, que nous ne lisons pas : demandez à la banque"
        " un relevé camt.053 ou CFONB 120."
    ),
    "ill_formed": _("Ce fichier est coupé ou abîmé : téléchargez-le de nouveau depuis le site de la banque."),
    "document_type": _(
        "Ce fichier contient une déclaration DOCTYPE, ce qu’aucune banque n’envoie :"
        " il est refusé par sécurité."
    ),
    "amount": _("Un montant n’est pas un nombre : demandez à la banque un fichier corrigé."),
    "currency": _("Une devise est absente ou inconnue : ce fichier ne peut pas être lu."),
    "direction": _(
        "Une écriture ne dit pas si elle est au débit ou au crédit : demandez à la banque un fichier corrigé."
    ),
    "date": _("Une date n’est pas lisible : demandez à la banque un fichier corrigé."),
    "number": _("Un nombre n’est pas lisible : demandez à la banque un fichier corrigé."),
    "missing": _("Une donnée obligatoire manque : demandez à la banque un fichier corrigé."),
    "line": _("Une ligne n’a pas la forme CFONB 120 : demandez à la banque un fichier corrigé."),
    "account": _("Une ligne porte un autre compte que son relevé : demandez à la banque un fichier corrigé."),
}


class StatementError(ValueError):
    """The whole file is refused and nothing of it is kept; ``code`` is a key of ``ERRORS``.

    ``place`` says where ("relevé 1, écriture 3, Amt, ligne 57"), or is empty. No content of
    the file is ever quoted, so the text may be logged.
    """

    def __init__(self, code: str, place: str = "") -> None:
        super().__init__(f"{code} ({place})" if place else code)
        self.code = code
        self.place = place

    @property
    def message(self) -> str:
        """The sentence for the treasurer, in the active language, with the place if known."""
        sentence = str(ERRORS[self.code])
        return f"{sentence} ({self.place})" if self.place else sentence


@dataclass(frozen=True, slots=True)
class Detail:
    """One operation inside an entry. Texts are ``""`` when the file does not give them.

    ``amount_cents`` is None when the file gives none and the entry has several details.
    ``end_to_end_id`` is ``""`` for NOTPROVIDED; it is not unique (failure 20).
    ``charges_cents`` is what the bank kept on the way, positive, in the entry's currency.
    ``operation_code`` is its own, else the entry's.
    """

    index: int
    amount_cents: int | None
    currency: str
    charges_cents: int = 0
    operation_code: str = ""
    end_to_end_id: str = ""
    instruction_id: str = ""
    message_id: str = ""
    payment_information_id: str = ""
    transaction_id: str = ""
    is_return: bool = False
    return_code: str = ""
    return_text: str = field(default="", repr=False)
    counterparty_name: str = field(default="", repr=False)
    counterparty_iban: str = field(default="", repr=False)
    remittance: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Batch:
    """The bank's word on a grouped entry. ``total_cents`` is positive, in ``currency``."""

    message_id: str
    payment_information_id: str
    count: int | None
    total_cents: int | None
    currency: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the account. ``index`` counts from 0 inside its statement.

    ``status`` is BOOK (booked), PDNG (expected) or INFO (a mere notice); only BOOK moves
    money. ``reference`` is the bank's own (``""`` when it gives none); two entries alike in
    every field are two entries (failure 20). ``is_reversal`` tells that the bank undoes
    something; it does not change the sign.
    """

    index: int
    amount_cents: int
    currency: str
    booked_on: date | None
    value_on: date | None
    status: str
    reference: str
    operation_code: str
    is_reversal: bool
    batch: Batch | None
    details: tuple[Detail, ...]
    text: str = field(default="", repr=False)

    @property
    def is_booked(self) -> bool:
        return self.status == BOOKED

    @property
    def is_batch_total(self) -> bool:
        """One line for several operations, whether or not the file itemises them."""
        announced = self.batch.count if self.batch is not None else None
        return len(self.details) > 1 or (announced or 0) > 1


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement, report (camt.052) or notification (camt.054) of one account.

    ``account_scheme`` is "IBAN" or "other"; a CFONB account is "bank/branch/account".
    Balances are None when the file gives none. ``opening_kind`` and ``closing_kind`` are
    the bank's balance codes (OPBD, PRCD, ITBD, CLBD), "01" and "07" for CFONB.
    """

    format: str
    account: str = field(repr=False)
    account_scheme: Literal["IBAN", "other"]
    currency: str
    statement_id: str
    sequence: str | None
    opening_cents: int | None
    closing_cents: int | None
    opening_on: date | None
    closing_on: date | None
    opening_kind: str
    closing_kind: str
    entries: tuple[Entry, ...]
    problems: tuple[str, ...] = ()

    @property
    def booked(self) -> tuple[Entry, ...]:
        """The entries that moved money on this account, in its currency."""
        return tuple(e for e in self.entries if e.is_booked and e.currency == self.currency)

    @property
    def unbooked(self) -> tuple[Entry, ...]:
        """Expected or merely announced entries: in no sum, they come back booked later."""
        return tuple(entry for entry in self.entries if not entry.is_booked)

    @property
    def credits_cents(self) -> int:
        """Sum of the booked credits, positive."""
        return sum(e.amount_cents for e in self.booked if e.amount_cents > 0)

    @property
    def debits_cents(self) -> int:
        """Sum of the booked debits, positive."""
        return -sum(e.amount_cents for e in self.booked if e.amount_cents < 0)

    @property
    def balances(self) -> bool | None:
        """Whether opening + credits - debits is the closing balance; None when unknown."""
        return do_balances_follow(self.opening_cents, self.closing_cents, self.booked)

    @property
    def details(self) -> tuple[Detail, ...]:
        return tuple(detail for entry in self.entries for detail in entry.details)

    @property
    def returns(self) -> tuple[Detail, ...]:
        """Operations the bank brought back, with their code when it gives one."""
        return tuple(detail for detail in self.details if detail.is_return)

    def is_of_account(self, iban: str) -> bool:
        """Whether this is a statement of ``iban`` (compact form).

        A French bank may leave the branch out of a CFONB line: bank and account decide.
        """
        if self.account.replace(" ", "") == iban:
            return True
        parts = self.account.split("/")
        return iban[:2] == "FR" and len(parts) == 3 and (parts[0], parts[2]) == (iban[4:9], iban[14:25])


def do_balances_follow(opening: int | None, closing: int | None, booked: tuple[Entry, ...]) -> bool | None:
    """opening + booked entries == closing, or None when one of the balances is unknown."""
    if opening is None or closing is None:
        return None
    return opening + sum(entry.amount_cents for entry in booked) == closing
