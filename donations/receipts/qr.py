"""A QR code as rectangles for a PDF page: byte mode, level M, one mask, in well under a millisecond.

`qrcode` knows the fixed patterns of each size; it is asked once per size. Filling in a text and its error correction
(ISO/IEC 18004) is done here, because its own way takes longer than all the rest of a receipt.
"""

from dataclasses import dataclass
from functools import lru_cache

import qrcode
from qrcode import base, util
from qrcode.constants import ERROR_CORRECT_M

MASK = 3
_VERSIONS = range(1, 10)  # up to 180 bytes, all with one byte for the length


@dataclass(frozen=True)
class _Plan:
    """What one size of code needs: its side, the modules when every data bit is 0, and where each bit goes."""

    side: int
    blank: tuple[int, ...]
    places: tuple[int, ...]
    blocks: tuple[tuple[int, int], ...]  # bytes of data, bytes of correction

    @property
    def room(self) -> int:
        """Bytes of data."""
        return sum(data for data, _correction in self.blocks)


class _Skeleton(qrcode.QRCode):
    """Stops before the data is filled in."""

    def map_data(self, data: list[int], mask_pattern: int) -> None:
        return None


def rectangles(text: str) -> tuple[int, str]:
    """The side in modules, and the dark runs as PDF operators (« x y w 1 re ») in units of one module, y upwards.

    Raises ValueError for more than 180 bytes.
    """
    side, modules = matrix(text)
    runs = []
    for row in range(side):
        line, y, column = bytes(modules[row * side : (row + 1) * side]), side - 1 - row, 0
        while (start := line.find(1, column)) >= 0:
            end = line.find(0, start)
            column = side if end < 0 else end
            runs.append(f"{start} {y} {column - start} 1 re")
    return side, "\n".join(runs)


def matrix(text: str) -> tuple[int, bytearray]:
    """The side, and the modules row by row: 1 is dark."""
    data = text.encode()
    plan = next((plan for plan in map(_plan, _VERSIONS) if len(data) + 2 <= plan.room), None)
    if plan is None:
        raise ValueError("This text is too long for a QR code of a receipt.")
    modules, bits = bytearray(plan.blank), _codewords(data, plan)
    for place, bit in zip(plan.places, bits, strict=False):
        if bit == "1":
            modules[place] ^= 1
    return plan.side, modules


def _codewords(data: bytes, plan: _Plan) -> str:
    """Mode 4, length, bytes, terminator, padding; then the data and the correction of the blocks, interleaved."""
    bits = int.from_bytes(
        bytes([4, len(data), *data, 0]), "big"
    )  # 4 bits of mode stand in a byte of their own
    whole = bytes((bits << 4).to_bytes(len(data) + 4, "big"))[1 : len(data) + 3]
    padded = whole + bytes([0xEC, 0x11]) * plan.room
    start, parts, corrections = 0, [], []
    for size, correction in plan.blocks:
        part = padded[start : start + size]
        parts.append(part)
        corrections.append(_correction(part, correction))
        start += size
    mixed = bytearray()
    for group in (parts, corrections):
        for index in range(max(map(len, group))):
            mixed += bytes(part[index] for part in group if index < len(part))
    return f"{int.from_bytes(mixed, 'big'):0{len(mixed) * 8}b}"


def _correction(part: bytes, count: int) -> bytes:
    """The remainder by the generator polynomial over GF(256): one shift and one table row per byte."""
    multiples, rest, top = _multiples(count), 0, 8 * (count - 1)
    mask = (1 << (8 * count)) - 1
    for byte in part:
        rest = ((rest << 8) & mask) ^ multiples[byte ^ (rest >> top)]
    return rest.to_bytes(count, "big")


@lru_cache(maxsize=16)
def _multiples(count: int) -> tuple[int, ...]:
    """Each byte times the generator of `count` correction bytes, its first coefficient (1) left out."""
    generator = base.Polynomial([1], 0)
    for power in range(count):
        generator = generator * base.Polynomial([1, base.gexp(power)], 0)
    logs = [base.glog(generator[index]) for index in range(1, count + 1)]
    rows = [bytes(base.gexp(base.glog(byte) + log) for log in logs) for byte in range(1, 256)]
    return (0, *(int.from_bytes(row, "big") for row in rows))


@lru_cache(maxsize=16)
def _plan(version: int) -> _Plan:
    code = _Skeleton(version=version, error_correction=ERROR_CORRECT_M, border=0, mask_pattern=MASK)
    code.makeImpl(test=False, mask_pattern=MASK)
    side, masked = code.modules_count, util.mask_func(MASK)
    order = [(row, column) for row, column in _zigzag(side) if code.modules[row][column] is None]
    blank = bytearray(int(bool(module)) for row in code.modules for module in row)
    for row, column in order:
        blank[row * side + column] = int(masked(row, column))
    blocks = base.rs_blocks(version, ERROR_CORRECT_M)
    return _Plan(
        side=side,
        blank=tuple(blank),
        places=tuple(row * side + column for row, column in order),
        blocks=tuple((block.data_count, block.total_count - block.data_count) for block in blocks),
    )


def _zigzag(side: int) -> list[tuple[int, int]]:
    """Two columns at a time from the right, up and down in turn, passing over the vertical timing line."""
    order, upwards = [], True
    for right in range(side - 1, 0, -2):
        column = right - 1 if right <= 6 else right
        rows = range(side - 1, -1, -1) if upwards else range(side)
        order += [(row, place) for row in rows for place in (column, column - 1)]
        upwards = not upwards
    return order
