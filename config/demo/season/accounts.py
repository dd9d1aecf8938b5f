"""Made-up IBANs whose checks are right and that no bank can have given: « DEMO » stands in the number itself."""

FRENCH_BANKS = (
    ("10278", "02281"),
    ("30004", "00823"),
    ("14505", "00002"),
    ("13807", "00602"),
    ("18206", "00123"),
    ("16006", "32011"),
    ("20041", "01005"),
    ("30003", "00540"),
)
_KEY_DIGITS = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "12345678912345678923456789", strict=True))


def iban_of(number: int) -> str:
    """The account of person `number`: mostly in France, one in nine in the Netherlands or in Ireland."""
    if number % 9 == 4:
        return _iban("NL", f"DEMO{number:010d}")
    if number % 9 == 8:
        return _iban("IE", f"DEMO{number:014d}")
    bank, branch = FRENCH_BANKS[number % len(FRENCH_BANKS)]
    account = f"DEMO{number:07d}"
    return _iban("FR", bank + branch + account + _rib_key(bank, branch, account))


def _iban(country: str, rest: str) -> str:
    """ISO 13616: letters count from 10, the whole modulo 97 gives the two check digits."""
    digits = "".join(str(int(letter, 36)) for letter in f"{rest}{country}00")
    return f"{country}{98 - int(digits) % 97:02d}{rest}"


def _rib_key(bank: str, branch: str, account: str) -> str:
    """The French key: letters count as their column of the old punched cards."""
    digits = "".join(_KEY_DIGITS.get(letter, letter) for letter in account)
    return f"{97 - (89 * int(bank) + 15 * int(branch) + 3 * int(digits)) % 97:02d}"
