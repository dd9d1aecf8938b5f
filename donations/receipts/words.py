"""Amounts in French words, as a receipt writes them: « deux cent un euros et vingt centimes ».

Traditional spelling: hyphens below one hundred, « et » without; vingt and cent take an s when multiplied and last,
million and milliard are nouns (« deux cents millions d’euros »).
"""

# fmt: off
_SMALL = (
    "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize",
    "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf",
)
# fmt: on
_TENS = ("", "", "vingt", "trente", "quarante", "cinquante", "soixante")
_NOUNS = ((10**9, "milliard"), (10**6, "million"))
LIMIT = 10**12  # euros


def amount_in_words(cents: int) -> str:
    """The amount in words, in lower case. `cents` is positive and below LIMIT euros; raises ValueError otherwise."""
    if not 0 < cents < LIMIT * 100:
        raise ValueError("An amount in words is positive and below a thousand milliards.")
    euros, rest = divmod(cents, 100)
    parts = [_counted(euros, "euro")] if euros else []
    parts += [_counted(rest, "centime")] if rest else []
    return " et ".join(parts)


def _counted(number: int, unit: str) -> str:
    is_bare_noun = number >= 10**6 and number % 10**6 == 0
    joined = " d’" if is_bare_noun else " "
    return f"{number_in_words(number)}{joined}{unit}{'s' if number > 1 else ''}"


def number_in_words(number: int) -> str:
    """A number from 0 up, below LIMIT, in words."""
    parts = []
    for size, noun in _NOUNS:
        count, number = divmod(number, size)
        if count:
            parts.append(f"{_below_thousand(count)} {noun}{'s' if count > 1 else ''}")
    thousands, number = divmod(number, 1000)
    if thousands:
        parts.append("mille" if thousands == 1 else f"{_without_s(_below_thousand(thousands))} mille")
    if number or not parts:
        parts.append(_below_thousand(number))
    return " ".join(parts)


def _without_s(words: str) -> str:
    """Before mille neither « cents » nor « quatre-vingts » keeps its s."""
    return words[:-1] if words.endswith(("cents", "vingts")) else words


def _below_thousand(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    if not hundreds:
        return _below_hundred(rest)
    words = "cent" if hundreds == 1 else f"{_SMALL[hundreds]} cent"
    if rest:
        return f"{words} {_below_hundred(rest)}"
    return words if hundreds == 1 else f"{words}s"


def _below_hundred(number: int) -> str:
    if number < 20:
        return _SMALL[number]
    if number >= 80:
        return "quatre-vingts" if number == 80 else f"quatre-vingt-{_SMALL[number - 80]}"
    tens = min(number // 10, 6)
    rest = number - tens * 10
    if not rest:
        return _TENS[tens]
    return f"{_TENS[tens]} et {_SMALL[rest]}" if rest in (1, 11) else f"{_TENS[tens]}-{_SMALL[rest]}"
