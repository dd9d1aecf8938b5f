"""A small writer of camt.053 for the tests: what a bank may send, right or wrong."""

from xml.sax.saxutils import escape

FOUNDATION_IBAN = "FR1420041010050500013M02606"


def plain(cents: int) -> str:
    return f"{abs(cents) // 100}.{abs(cents) % 100:02d}"


def direction(cents: int) -> str:
    return "CRDT" if cents >= 0 else "DBIT"


def transfer(cents: int, e2e: str = "", *, remittance: str = "", code: str = "", msg: str = "") -> str:
    """One TxDtls; `code` makes it a return."""
    refs = (f"<MsgId>{msg}</MsgId>" if msg else "") + f"<EndToEndId>{e2e or 'NOTPROVIDED'}</EndToEndId>"
    text = f"<RmtInf><Ustrd>{escape(remittance)}</Ustrd></RmtInf>" if remittance else ""
    returned = f"<RtrInf><Rsn><Cd>{code}</Cd></Rsn></RtrInf>" if code else ""
    return (
        f'<TxDtls><Refs>{refs}</Refs><Amt Ccy="EUR">{plain(cents)}</Amt>'
        f"<CdtDbtInd>{direction(cents)}</CdtDbtInd>{text}{returned}</TxDtls>"
    )


def entry(
    cents: int,
    details: str = "",
    *,
    batch: str = "",
    count: int = 0,
    on: str = "2020-05-18",
    status: str = "BOOK",
) -> tuple[int, str]:
    """(booked cents, the Ntry element); `batch` is the MsgId and PmtInfId of a grouped entry."""
    group = (
        f"<Btch><MsgId>{batch}</MsgId><PmtInfId>{batch}</PmtInfId><NbOfTxs>{count}</NbOfTxs></Btch>"
        if batch
        else ""
    )
    inner = f"<NtryDtls>{group}{details}</NtryDtls>" if group or details else ""
    family = "ICDT</Cd><SubFmlyCd>RRTN" if "RtrInf" in details else "ICDT</Cd><SubFmlyCd>ESCT"
    xml = (
        f'<Ntry><Amt Ccy="EUR">{plain(cents)}</Amt><CdtDbtInd>{direction(cents)}</CdtDbtInd>'
        f"<Sts><Cd>{status}</Cd></Sts>"
        f"<BookgDt><Dt>{on}</Dt></BookgDt><ValDt><Dt>{on}</Dt></ValDt>"
        f"<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>{family}</SubFmlyCd></Fmly></Domn></BkTxCd>{inner}</Ntry>"
    )
    return (cents if status == "BOOK" else 0), xml


def credit(cents: int, e2e: str = "", *, remittance: str = "", code: str = "") -> tuple[int, str]:
    return entry(cents, transfer(cents, e2e, remittance=remittance, code=code))


def debit(cents: int, e2e: str) -> tuple[int, str]:
    return entry(-cents, transfer(-cents, e2e))


def statement(
    name: str,
    opening: int,
    entries: list[tuple[int, str]],
    *,
    closing: int | None = None,
    account: str = FOUNDATION_IBAN,
    currency: str = "EUR",
) -> str:
    """One Stmt; it closes unless another `closing` is given."""
    end = opening + sum(cents for cents, _xml in entries) if closing is None else closing
    balances = "".join(
        f'<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy="{currency}">{plain(cents)}</Amt>'
        f"<CdtDbtInd>{direction(cents)}</CdtDbtInd><Dt><Dt>2020-05-18</Dt></Dt></Bal>"
        for kind, cents in (("OPBD", opening), ("CLBD", end))
    )
    body = "".join(xml for _cents, xml in entries).replace('Ccy="EUR"', f'Ccy="{currency}"')
    holder = f"<Acct><Id><IBAN>{account}</IBAN></Id><Ccy>{currency}</Ccy></Acct>"
    return f"<Stmt><Id>{name}</Id>{holder}{balances}{body}</Stmt>"


def document(*statements: str) -> bytes:
    space = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="{space}"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>M</MsgId></GrpHdr>{''.join(statements)}</BkToCstmrStmt></Document>"
    ).encode()


def camt(name: str, opening: int, entries: list[tuple[int, str]], **more: object) -> bytes:
    """A file of one statement."""
    return document(statement(name, opening, entries, **more))  # type: ignore[arg-type]
