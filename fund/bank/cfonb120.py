"""CFONB 120: the French banks' statement, 120 characters a line.

01 old balance, 04 movement, 05 complement of the movement above, 07 new balance. Amounts
are fourteen characters, the last one overpunched with the sign. Complements read here:
NPY (payer), NBE (payee), RCN (the client's reference, 35 characters, then the purpose),
LCC and LC2 (the text of the transfer), LIB (free label); the others stay in the entry's
text. The format gives no counterparty IBAN and no statement number: the identity of a
statement is its two dates.

Operation 12 is a returned or rejected transfer, 10 a returned direct debit. The branch and
bank of a movement may differ from those of its statement (operations centres), the account
number may not.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from django.utils.translation import gettext_lazy as _

from fund.bank.amounts import AmountError, cents_from_overpunch
from fund.bank.findings import balance_problems
from fund.bank.statements import BOOKED, Detail, Entry, Statement, StatementError

WIDTH: Final = 120
_RETURNS: Final = frozenset({"10", "12"})
_REMITTANCE: Final = ("LCC", "LC2")


@dataclass(slots=True)
class _Line:
    """One line of the file, with its number for the place in an error."""

    text: str
    number: int

    @property
    def code(self) -> str:
        return self.text[:2]

    @property
    def account(self) -> str:
        return self.text[21:32].strip()

    def refuse(self, code: str) -> StatementError:
        return StatementError(code, _("ligne %(line)d") % {"line": self.number})

    def amount(self, currency: str) -> int:
        decimals = self.text[19]
        if decimals not in "0123456789":
            raise self.refuse("amount")
        try:
            return cents_from_overpunch(self.text[90:104], int(decimals), currency)
        except AmountError as error:
            raise self.refuse(error.code) from None

    def currency(self) -> str:
        return self.text[16:19].strip()

    def date(self, start: int) -> date | None:
        """The JJMMAA date at ``start``; None when blank. The century is 2000: the euro is younger."""
        written = self.text[start : start + 6]
        if not written.strip() or written == "000000":
            return None
        try:
            if not re.fullmatch(r"[0-9]{6}", written):
                raise ValueError
            return date(2000 + int(written[4:]), int(written[2:4]), int(written[:2]))
        except ValueError:
            raise self.refuse("date") from None


@dataclass(slots=True)
class _Movement:
    line: _Line
    complements: list[tuple[str, str]] = field(default_factory=list)

    def first(self, qualifier: str) -> str:
        return next((content for name, content in self.complements if name == qualifier), "")


def read_cfonb120(data: bytes) -> tuple[Statement, ...]:
    """The statements of a CFONB 120 file. Raises StatementError with the line's number."""
    statements: list[Statement] = []
    opening: _Line | None = None
    movements: list[_Movement] = []
    for line in _lines(data):
        if line.code == "01" and opening is None:
            opening, movements = line, []
        elif opening is None or line.code == "01":
            # A movement before any old balance, or a new statement before the new balance.
            raise line.refuse("missing")
        elif line.account != opening.account or line.currency() != opening.currency():
            raise line.refuse("account")
        elif line.code == "04":
            movements.append(_Movement(line))
        elif line.code == "05":
            if not movements:
                raise line.refuse("missing")
            movements[-1].complements.append((line.text[45:48].strip(), line.text[48:118].rstrip()))
        else:
            statements.append(_statement(opening, movements, line))
            opening = None
    if opening is not None:
        raise opening.refuse("ill_formed")
    if not statements:
        raise StatementError("not_a_statement")
    return tuple(statements)


def _lines(data: bytes) -> list[_Line]:
    """The lines that are not blank, padded to 120. Raises StatementError.

    Latin-1 is the rule; a file that is valid UTF-8 with accents was converted on the way.
    A file without line ends is cut every 120 characters.
    """
    try:
        content = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        content = data.decode("latin-1")
    rows = re.split(r"\r\n|\n|\r", content.rstrip("\x1a"))
    if len(rows) == 1 and len(rows[0]) % WIDTH == 0:
        rows = [rows[0][start : start + WIDTH] for start in range(0, len(rows[0]), WIDTH)]
    lines: list[_Line] = []
    for number, row in enumerate(rows, start=1):
        if not row.strip():
            continue
        line = _Line(row.rstrip().ljust(WIDTH), number)
        if len(line.text) > WIDTH or line.code not in ("01", "04", "05", "07"):
            raise line.refuse("line")
        lines.append(line)
    return lines


def _statement(opening: _Line, movements: list[_Movement], closing: _Line) -> Statement:
    currency = opening.currency()
    entries = tuple(_entry(movement, index, currency) for index, movement in enumerate(movements))
    bounds = (opening.amount(currency), closing.amount(currency))
    opened_on, closed_on = opening.date(34), closing.date(34)
    if opened_on is None or closed_on is None:
        raise (opening if opened_on is None else closing).refuse("date")
    return Statement(
        format="cfonb120",
        account="/".join((opening.text[2:7], opening.text[11:16], opening.account)),
        account_scheme="other",
        currency=currency,
        statement_id=f"CFONB120-{opened_on:%Y%m%d}-{closed_on:%Y%m%d}",
        sequence=None,
        opening_cents=bounds[0],
        closing_cents=bounds[1],
        opening_on=opened_on,
        closing_on=closed_on,
        opening_kind="01",
        closing_kind="07",
        entries=entries,
        problems=tuple(balance_problems(*bounds, entries, currency)),
    )


def _entry(movement: _Movement, index: int, currency: str) -> Entry:
    line = movement.line
    amount = line.amount(currency)
    booked_on = line.date(34)
    if booked_on is None:
        raise line.refuse("date")
    label = line.text[48:79].strip()
    more = (content.strip() for _name, content in movement.complements)
    return Entry(
        index=index,
        amount_cents=amount,
        currency=currency,
        booked_on=booked_on,
        value_on=line.date(42),
        status=BOOKED,
        reference=line.text[104:120].strip(),
        operation_code=line.text[32:34].strip(),
        is_reversal=False,
        batch=None,
        details=(_detail(movement, amount, currency),),
        text=" ".join(part for part in (label, *more) if part),
    )


def _detail(movement: _Movement, amount: int, currency: str) -> Detail:
    line = movement.line
    is_return = line.text[32:34] in _RETURNS
    # The payer faces a credit, the payee a debit; a return keeps the roles of what it undoes.
    near, far = ("NBE", "NPY") if (amount > 0) == is_return else ("NPY", "NBE")
    remittance = " ".join(part for name, part in movement.complements if name in _REMITTANCE and part)
    client_reference = movement.first("RCN")[:35].strip()
    return Detail(
        index=0,
        amount_cents=amount,
        currency=currency,
        operation_code=line.text[32:34].strip(),
        end_to_end_id="" if client_reference.upper() == "NOTPROVIDED" else client_reference,
        is_return=is_return,
        return_code=line.text[40:42].strip() if is_return else "",
        return_text=line.text[48:79].strip() if is_return else "",
        counterparty_name=(movement.first(near) or movement.first(far)).strip(),
        remittance=remittance or movement.first("LIB").strip(),
    )
