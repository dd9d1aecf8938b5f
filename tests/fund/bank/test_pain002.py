"""fund.bank.pain002"""

import pytest

from fund.bank.pain002 import read_status_report
from fund.bank.reading import read_statements
from fund.bank.statements import StatementError
from tests.fund.bank.files import camt, stmt
from tests.fund.bank.shared_data import bank_file, needs_shared


def report(group="", *blocks):
    body = f"<OrgnlGrpInfAndSts><OrgnlMsgId>LOT-1</OrgnlMsgId>{group}</OrgnlGrpInfAndSts>{''.join(blocks)}"
    return camt(body, message="CstmrPmtStsRpt", namespace="")


def block(*parts):
    return f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>LOT-1</OrgnlPmtInfId>{''.join(parts)}</OrgnlPmtInfAndSts>"


def payment(end_to_end_id, status="", reason=""):
    return (
        f"<TxInfAndSts><OrgnlEndToEndId>{end_to_end_id}</OrgnlEndToEndId>"
        f"{f'<TxSts>{status}</TxSts>' if status else ''}"
        f"{f'<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn></StsRsnInf>' if reason else ''}</TxInfAndSts>"
    )


def test_a_whole_file_can_be_rejected_without_naming_a_payment():
    read = read_status_report(report("<GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>DUPL</Cd></Rsn></StsRsnInf>"))
    assert read.is_rejected_whole
    assert (read.original_message_id, read.group_reason_code, read.items) == ("LOT-1", "DUPL", ())


def test_a_payment_without_status_has_that_of_its_block_then_of_the_file():
    rejected = block(
        "<PmtInfSts>RJCT</PmtInfSts><StsRsnInf><Rsn><Cd>AC01</Cd></Rsn></StsRsnInf>",
        payment("CS-1"),
        payment("CS-2", "ACSC"),
        payment("CS-3", "RJCT", "AG01"),
    )
    read = read_status_report(report("<GrpSts>PART</GrpSts>", rejected, block(payment("CS-4"))))
    assert [(item.end_to_end_id, item.status) for item in read.items] == [
        ("CS-1", "RJCT"),
        ("CS-2", "ACSC"),
        ("CS-3", "RJCT"),
        ("CS-4", "PART"),
    ]
    assert [(item.end_to_end_id, item.reason_code) for item in read.rejections] == [
        ("CS-1", "AC01"),
        ("CS-3", "AG01"),
    ]


def test_a_report_without_the_answered_file_is_refused():
    with pytest.raises(StatementError) as caught:
        read_status_report(camt("<GrpHdr/>", message="CstmrPmtStsRpt"))
    assert caught.value.code == "missing"


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "empty"), (b"RJCT", "not_a_status_report"), (camt(stmt()), "not_a_status_report")],
)
def test_what_is_no_report_is_refused_by_name(data, code):
    with pytest.raises(StatementError) as caught:
        read_status_report(data)
    assert caught.value.code == code


def test_a_report_too_big_is_refused_before_it_is_read():
    with pytest.raises(StatementError) as caught:
        read_status_report(report(), max_bytes=10)
    assert caught.value.code == "too_big"


def test_a_report_sent_as_a_statement_is_told_where_to_go():
    with pytest.raises(StatementError) as caught:
        read_statements(report())
    assert caught.value.code == "status_report"


@needs_shared
def test_four_rejections_in_two_blocks():
    read = read_status_report(bank_file("pain002.v3.four-rejects.xml"))
    assert (read.message, read.original_message_id, read.group_status) == (
        "pain.002.001.03",
        "MSGID12345678912",
        "",
    )
    assert (read.original_count, read.original_total_cents) == (4, 40000)
    assert [
        (item.payment_information_id, item.end_to_end_id, item.status, item.reason_code, item.amount_cents)
        for item in read.items
    ] == [
        ("PMTINFID1", "E2EID1", "RJCT", "AC01", 10000),
        ("PMTINFID1", "E2EID2", "RJCT", "MS02", 10000),
        ("PMTINFID2", "E2EID3", "RJCT", "MD06", 10000),
        ("PMTINFID2", "E2EID4", "RJCT", "AM04", 10000),
    ]
    assert read.rejections == read.items
    assert read.payee_checks == ()


@needs_shared
def test_a_verification_of_payee_rejects_nothing():
    read = read_status_report(bank_file("pain002.v10.vop.xml"))
    assert (read.group_status, read.is_rejected_whole) == ("RVMC", False)
    assert (read.original_count, read.original_total_cents) == (1, 10000)
    (item,) = read.payee_checks
    assert (item.status, item.reason_code, item.end_to_end_id) == ("RVNM", "", "")
    assert read.rejections == ()
