"""Small statements written for the tests, so that each shows one thing."""

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
ACCOUNT = "FR1420041010050500013M02606"


def camt(*statements: str, message: str = "BkToCstmrStmt", namespace: str = NAMESPACE) -> bytes:
    """A whole camt file around the statements."""
    xmlns = f' xmlns="{namespace}"' if namespace else ""
    body = "".join(statements)
    return f"<?xml version='1.0' encoding='UTF-8'?><Document{xmlns}><{message}>{body}</{message}></Document>".encode()


def stmt(*parts: str, tag: str = "Stmt", currency: str = "EUR") -> str:
    """One statement of ACCOUNT."""
    account = f"<Acct><Id><IBAN>{ACCOUNT}</IBAN></Id><Ccy>{currency}</Ccy></Acct>"
    return f"<{tag}><Id>S1</Id>{account}{''.join(parts)}</{tag}>"


def balance(kind: str, amount: str, word: str = "CRDT") -> str:
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{amount}</Amt>'
        f"<CdtDbtInd>{word}</CdtDbtInd><Dt><Dt>2020-05-15</Dt></Dt></Bal>"
    )


def ntry(
    amount: str,
    word: str = "DBIT",
    details: str = "",
    *,
    status: str = "<Sts><Cd>BOOK</Cd></Sts>",
    dates: str = "<BookgDt><Dt>2020-05-15</Dt></BookgDt>",
    code: str = "",
) -> str:
    return (
        f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{word}</CdtDbtInd>{status}{dates}{code}'
        f"{f'<NtryDtls>{details}</NtryDtls>' if details else ''}</Ntry>"
    )


def tx(amount: str = "", end_to_end_id: str = "", more: str = "", currency: str = "EUR") -> str:
    refs = f"<Refs><EndToEndId>{end_to_end_id}</EndToEndId></Refs>" if end_to_end_id else ""
    amt = f'<Amt Ccy="{currency}">{amount}</Amt>' if amount else ""
    return f"<TxDtls>{refs}{amt}{more}</TxDtls>"


def party(role: str, name: str, iban: str) -> str:
    return f"<{role}><Pty><Nm>{name}</Nm></Pty></{role}><{role}Acct><Id><IBAN>{iban}</IBAN></Id></{role}Acct>"


def cfonb_balance(code: str, day: str, amount: str, account: str = "0500013M026") -> str:
    return f"{code}20041    01005EUR2 {account:<11}  {day}{'':50}{amount:>14}{'':16}"


def cfonb_movement(
    amount: str,
    operation: str = "06",
    label: str = "VIR SEPA",
    *,
    day: str = "150520",
    reject: str = "  ",
    reference: str = "",
    account: str = "0500013M026",
    decimals: str = "2",
) -> str:
    return (
        f"04200410001{'01005'}EUR{decimals} {account:<11}{operation}{day}{reject}{day}{label:<31}  {'0000000'}  "
        f"{amount:>14}{reference:<16}"
    )


def cfonb_complement(qualifier: str, content: str, account: str = "0500013M026") -> str:
    return f"052004100010100{'5'}EUR2 {account:<11}06150520     {qualifier}{content:<70}  "
