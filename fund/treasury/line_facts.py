"""What a bank line says beyond its amount: texts and names, kept as ciphertext with the line."""

import json
from dataclasses import asdict, dataclass, field

from fund import vault
from fund.models import BankLine


@dataclass(frozen=True)
class LineFacts:
    """`batch_ids` are the message and payment-information ids under which the bank grouped transfers."""

    is_return: bool = False
    batch_ids: tuple[str, ...] = ()
    operation_code: str = ""
    bank_reference: str = ""
    counterparty_name: str = field(default="", repr=False)
    counterparty_iban: str = field(default="", repr=False)
    remittance: str = field(default="", repr=False)
    text: str = field(default="", repr=False)


def seal_facts(facts: LineFacts) -> str:
    return vault.seal_text(json.dumps(asdict(facts), ensure_ascii=False, sort_keys=True))


def facts_of(line: BankLine) -> LineFacts:
    """Raises VaultError when the line was written under other keys."""
    if not line.text_sealed:
        return LineFacts()
    values = json.loads(vault.open_text(line.text_sealed))
    return LineFacts(**{**values, "batch_ids": tuple(values["batch_ids"])})


def place_of(line: BankLine) -> str:
    """The cause of what a bank line moves: its place in its statement, which no other line has (failure 13)."""
    statement = line.statement
    return f"bankline:{statement.account}:{statement.statement_id}:{line.entry_index}:{line.detail_index}"


def texts_of(line: BankLine) -> tuple[str, ...]:
    """Everything a bank line says in words."""
    facts = facts_of(line)
    return line.end_to_end_id, *facts.batch_ids, facts.bank_reference, facts.remittance, facts.text
