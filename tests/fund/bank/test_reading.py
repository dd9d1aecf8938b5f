"""fund.bank.reading: what is refused, and with which sentence."""

import io
import zipfile

import pytest

from fund.bank.reading import read_statements
from fund.bank.statements import ERRORS, StatementError
from tests.fund.bank.files import balance, camt, ntry, stmt
from tests.fund.bank.shared_data import bank_file, needs_shared

GOOD = camt(stmt(balance("OPBD", "10.00"), ntry("5.00"), balance("CLBD", "5.00")))


def refusal(data, **options):
    with pytest.raises(StatementError) as caught:
        read_statements(data, **options)
    return caught.value


def zipped(data):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("releve.xml", data)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b" \r\n\xef\xbb\xbf"[:3], "empty"),
        (b"\xef\xbb\xbf \n", "empty"),
        (b"Bonjour, voici le releve.", "not_a_statement"),
        (b"date;libelle;montant\n01/01/2026;DON;5,00\n", "not_a_statement"),
        (b"%PDF-1.7", "not_a_statement"),
        (zipped(GOOD), "archive"),
        (b"\x1f\x8b\x08\x00", "archive"),
        (GOOD[: len(GOOD) // 2], "ill_formed"),
        (GOOD[:-1], "ill_formed"),
        (GOOD.replace(b"UTF-8", b"ascii").replace(b"S1", b"\xe9"), "ill_formed"),
        (b"<html><body/></html>", "not_a_statement"),
        (b"<Document/>", "not_a_statement"),
        (b"<Document><Autre/></Document>", "not_a_statement"),
        (b"<Document><BkToCstmrStmt/></Document>", "not_a_statement"),
        (b":20:STARTUMSE\r\n:25:87052000/123456789\r\n", "mt940"),
        (b"3100000120181220E    300661077100020030401", "cfonb240"),
    ],
)
def test_a_file_that_is_no_statement_is_refused_with_its_own_sentence(data, code):
    error = refusal(data)
    assert error.code == code
    assert error.message.startswith(str(ERRORS[code]))


def test_thirty_megabytes_are_refused_before_they_are_read():
    assert refusal(b"<Document>" + b" " * (30 * 1024 * 1024)).code == "too_big"
    assert refusal(GOOD, max_bytes=len(GOOD) - 1).code == "too_big"
    assert len(read_statements(GOOD, max_bytes=len(GOOD))) == 1


def test_an_external_entity_is_refused_and_its_file_never_opened(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("5.00")
    data = GOOD.replace(
        b"<Document", f'<!DOCTYPE Document [<!ENTITY x SYSTEM "{secret.as_uri()}">]><Document'.encode()
    )
    assert refusal(data.replace(b"5.00", b"&x;")).code == "document_type"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_an_entity_bomb_is_refused_in_every_encoding(encoding):
    bomb = '<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {name} "{f"&{inner};" * 10}">' for inner, name in zip("abcdefg", "bcdefgh", strict=True)
    )
    text = GOOD.decode().split("?>", 1)[1].replace("S1", "&h;")
    data = f"<?xml version='1.0' encoding='{encoding}'?><!DOCTYPE Document [{bomb}]>{text}".encode(encoding)
    assert refusal(data).code == "document_type"


def test_an_entity_nobody_declared_is_ill_formed():
    assert refusal(GOOD.replace(b"S1", b"&x;")).code == "ill_formed"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_the_same_statement_is_read_in_every_encoding(encoding):
    declared = "utf-8" if encoding == "utf-8-sig" else encoding
    text = GOOD.decode().replace("UTF-8", declared).replace("S1", "Relevé")
    (statement,) = read_statements(text.encode(encoding))
    assert (statement.statement_id, statement.debits_cents) == ("Relevé", 500)


def test_the_format_is_told_from_the_message_and_its_version():
    assert read_statements(GOOD)[0].format == "camt.053.001.08"
    assert read_statements(camt(stmt(), namespace=""))[0].format == "camt.053"
    assert (
        read_statements(camt(stmt(tag="Rpt"), message="BkToCstmrAcctRpt", namespace=""))[0].format
        == "camt.052"
    )


def test_a_refusal_never_quotes_the_file():
    error = refusal(camt(stmt(ntry("Zoe Lefevre"))))
    assert "Zoe" not in f"{error}{error.message}{error!r}"


@needs_shared
def test_a_garbled_amount_refuses_the_file_and_tells_where():
    error = refusal(bank_file("camt053.v2.garbled-amount.xml"))
    assert error.code == "amount"
    assert error.place == "relevé 1, écriture 1, Amt, ligne 17"


@needs_shared
@pytest.mark.parametrize(
    ("name", "code"), [("cfonb240.returns.txt", "cfonb240"), ("mt940.sparkasse.txt", "mt940")]
)
def test_a_format_we_do_not_read_is_refused_by_its_name(name, code):
    assert refusal(bank_file(name)).code == code


@needs_shared
def test_real_files_cut_in_half_are_refused():
    for name in (
        "camt053.v2.two-accounts-nl.xml",
        "camt054.v10.instant-credits.xml",
        "cfonb120.two-accounts.txt",
    ):
        data = bank_file(name)
        assert refusal(data[: len(data) // 2]).code in ("ill_formed", "line", "account", "amount"), name
