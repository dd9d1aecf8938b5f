import pytest

from aid_requests.phones import PhoneError, read_phone, shown_phone


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("06 12 34 56 78", "+33612345678"),
        ("06.12.34.56.78", "+33612345678"),
        ("+33 (0)6 12-34-56-78", "+33612345678"),
        ("+33 06 12 34 56 78", "+33612345678"),
        ("0033 6 12 34 56 78", "+33612345678"),
        ("06\u202f12\u00a034\u202f56\u202f78", "+33612345678"),
        ("０６ １２ ３４ ５６ ７８", "+33612345678"),  # as an East Asian keyboard writes it
        ("0692 12 34 56", "+262692123456"),
        ("0696 12 34 56", "+596696123456"),
        ("+49 151 12345678", "+4915112345678"),
        ("+1 (212) 555-0100", "+12125550100"),
        ("00225 07 12 34 56 78", "+2250712345678"),
    ],
)
def test_a_number_of_any_country_is_kept_in_one_way(typed, kept):
    assert read_phone(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "", "bonjour", "06 12 34 56", "6 12 34 56 78", "+33 6 12 34 56", "+33 6 12 34 56 78 9", "+0612345678",
        "+1234567", "+1234567890123456", "06 12 34 56 78 poste 3", "<b>0612345678</b>", "++33612345678", "+",
        "+٤٩١٥١١٢٣٤٥٦٧٨x",
    ],
)  # fmt: skip
def test_what_nobody_can_call_is_refused_with_a_sentence(typed):
    with pytest.raises(PhoneError) as caught:
        read_phone(typed)
    assert caught.value.message.endswith(".")


@pytest.mark.parametrize("typed", ["0899 12 34 56", "0811 12 34 56", "+979 12345678", "+8816 1234 5678"])
def test_a_number_that_costs_the_caller_is_refused(typed):
    with pytest.raises(PhoneError):
        read_phone(typed)


def test_a_french_number_is_read_by_pairs():
    assert shown_phone("+33612345678") == "+33\u00a06\u00a012\u00a034\u00a056\u00a078"
    assert shown_phone("+4915112345678") == "+4915112345678"
