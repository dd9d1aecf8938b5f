"""What each line of a file is: refused with its reason, or a person compared with the list in force."""

from collections.abc import Collection, Mapping

from aid_requests.models import RegisterEntry, RegisterImport, RegisterLine
from aid_requests.models.register import LineOutcome
from aid_requests.register.people import (
    Person,
    as_text,
    differences,
    facts_hash,
    from_text,
    identity_hash,
    number_hash,
    open_person,
    read_number,
    read_person,
)
from aid_requests.register.reasons import LineFault
from aid_requests.register.values import NAMES
from aid_requests.school_addresses import school_email_fingerprint
from fund import clock, vault


def judge_batch(
    row: RegisterImport, batch: list[tuple[int, list[str]]], width: int
) -> tuple[list[RegisterLine], dict[str, set[str]]]:
    """(the lines to write, the levels, years and curricula they name). Each record is (line number, cells)."""
    today, domains = clock.today(), row.school.email_domains
    lines, texts = [], {}
    values: dict[str, set[str]] = {name: set() for name in NAMES}
    for number, cells in batch:
        line = RegisterLine(register_import=row, number=number)
        lines.append(line)
        try:
            person = read_person(cells, row.columns, width, domains, today)
        except LineFault as fault:
            line.outcome, line.reason = LineOutcome.REFUSED, fault.code
            line.number_fingerprint = _number_if_read(row, cells)
            continue
        texts[number] = as_text(person)
        _identify(line, row, person, texts[number])
        for name in NAMES:
            if (value := getattr(person, name)) not in ("", None):
                values[name].add(str(value))
    _compare(row, lines, texts)
    return lines, values


def _number_if_read(row: RegisterImport, cells: list[str]) -> str:
    """A person whose line is refused is not gone, and a number on two lines is twice there, refused or not."""
    try:
        return number_hash(row.school_id, read_number(cells, row.columns))
    except LineFault:
        return ""


def _identify(line: RegisterLine, row: RegisterImport, person: Person, text: str) -> None:
    line.number_fingerprint = number_hash(row.school_id, person.number)
    line.email_fingerprint = school_email_fingerprint(person.email)
    line.identity_fingerprint = identity_hash(person)
    line.facts_fingerprint = facts_hash(text)


def _compare(row: RegisterImport, lines: Collection[RegisterLine], texts: Mapping[int, str]) -> None:
    """New, changed, back or the same; only what will be written is sealed."""
    read = [line for line in lines if line.number in texts]
    known = _entries_of(row, [line.number_fingerprint for line in read])
    for line in read:
        entry = known.get(line.number_fingerprint)
        if entry is None:
            line.outcome = LineOutcome.NEW
        elif entry.left_at is not None:
            line.outcome = LineOutcome.BACK
        elif entry.facts_fingerprint == line.facts_fingerprint:
            line.outcome = LineOutcome.SAME
            continue
        else:
            line.outcome = LineOutcome.CHANGED
            after = from_text(texts[line.number])
            line.changed = " ".join(differences(open_person(entry.facts_sealed), after))
        line.facts_sealed = vault.seal_text(texts[line.number])


def _entries_of(row: RegisterImport, numbers: Collection[str]) -> dict[str, RegisterEntry]:
    rows = RegisterEntry.objects.filter(
        school=row.school_id, university_year=row.university_year, number_fingerprint__in=numbers
    )
    return {entry.number_fingerprint: entry for entry in rows}
