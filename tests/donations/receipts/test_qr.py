"""Our QR codes, module by module against the library's own."""

import pytest
import qrcode
from qrcode.constants import ERROR_CORRECT_M

from donations.receipts import qr


@pytest.mark.parametrize("length", [1, 14, 15, 42, 60, 62, 63, 81, 84, 106, 122, 152, 180])
def test_each_module_is_the_librarys(length):
    text = ("https://fonds.example/verifier/" + "aZ09-_" * 30)[:length]
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0, mask_pattern=qr.MASK)
    code.add_data(qrcode.util.QRData(text.encode(), mode=qrcode.util.MODE_8BIT_BYTE))
    code.make(fit=True)
    side, modules = qr.matrix(text)
    assert side == code.modules_count
    assert [bool(module) for module in modules] == [bool(module) for row in code.modules for module in row]


def test_the_rectangles_cover_the_dark_modules_and_no_other():
    side, modules = qr.matrix("https://fonds.example/verifier/abc/")
    drawn = bytearray(side * side)
    for run in qr.rectangles("https://fonds.example/verifier/abc/")[1].splitlines():
        x, y, width, _one, _re = run.split()
        start = (side - 1 - int(y)) * side + int(x)
        drawn[start : start + int(width)] = b"\1" * int(width)
    assert drawn == modules


def test_a_text_that_fits_no_code_is_refused():
    with pytest.raises(ValueError, match="too long"):
        qr.matrix("x" * 181)
