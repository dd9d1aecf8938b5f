"""Bank statements: read once, whole or not at all, every line matched or parked with its reason (invariant 2)."""

import hashlib
from dataclasses import dataclass

from babel.dates import format_date
from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from fund import audit, clock, vault, workflow
from fund.bank.iban import compact_iban
from fund.bank.reading import read_statements
from fund.bank.statements import Statement, StatementError
from fund.models import BankLine, BankStatement, Foundation, User
from fund.models.treasury import LineState
from fund.money import format_euros
from fund.roles import Refusal, Refused, demand
from fund.treasury import permissions, settlement
from fund.treasury.statement_lines import draft_lines
from fund.workflow import AlreadyDone

# A notification (camt.054) or an interim report (camt.052) tells the same money as the statement that follows.
STATEMENT_FORMATS = ("camt.053", "cfonb120")


@dataclass(frozen=True)
class ImportResult:
    """`matched` and `parked` count the new lines; `rematched` the older ones that found their match thanks to them."""

    statements: tuple[BankStatement, ...]
    already_read: tuple[BankStatement, ...]
    matched: int
    parked: int
    rematched: int
    warnings: tuple[str, ...]


def import_statement(*, by: User, data: bytes) -> ImportResult:
    """Reads a statement file of the foundation's account, books what it proves, parks the rest.

    One transaction: a file that cannot be kept whole leaves nothing. Raises AlreadyDone when every statement of the
    file was read before, and Refused when it is unreadable, of another account or currency, when its balances do not
    close, or when a known statement comes back with other content.
    """
    with transaction.atomic():
        foundation = workflow.lock(Foundation, 1)
        demand(permissions.can_import(by))
        found = _read(data)
        sha256 = hashlib.sha256(data).hexdigest()
        _refuse_same_file(sha256)
        account = compact_iban(foundation.iban)
        for statement in found:
            demand(check_statement(statement, account))
        if len({statement.statement_id for statement in found}) < len(found):
            raise Refused(
                Refusal(
                    "same_number",
                    _("Deux relevés de ce fichier ont le même numéro : appelez la banque."),
                )
            )
        known = {statement.statement_id: _known(statement, account) for statement in found}
        new = [statement for statement in found if known[statement.statement_id] is None]
        already = tuple(row for row in known.values() if row is not None)
        if not new:
            raise _already_read(already[0])
        sealed = vault.seal_bytes(data)
        rows = tuple(_keep(statement, account, sha256, sealed, by) for statement in new)
        return _book(rows, already, by)


def check_statement(statement: Statement, account: str) -> Refusal | None:
    """Why a statement cannot be booked on `account` (compact IBAN), or None."""
    if not statement.format.lower().startswith(STATEMENT_FORMATS):
        return Refusal(
            "format",
            _("Ce fichier est un avis, pas un relevé : importez le relevé camt.053 ou CFONB 120."),
        )
    if not statement.is_of_account(account):
        return Refusal(
            "account",
            _("Ce relevé est celui d’un autre compte : importez celui du compte de la fondation."),
        )
    if statement.currency != "EUR":
        return Refusal("currency", _("Ce relevé n’est pas en euros : importez celui du compte en euros."))
    if not statement.statement_id or len(statement.statement_id) > 70:
        return Refusal("number", _("Ce relevé n’a pas de numéro : demandez à la banque un fichier corrigé."))
    if statement.balances is None:
        return Refusal(
            "no_balances",
            _("Ce relevé ne donne pas ses deux soldes : demandez à la banque un relevé complet."),
        )
    if not statement.balances:
        sentence = _(
            "Les soldes ne se suivent pas : %(opening)s au début, %(credits)s d’entrées, %(debits)s de sorties,"
            " mais %(closing)s à la fin. Rien n’a été ajouté : demandez à la banque un relevé complet."
        )
        values = {
            "opening": format_euros(statement.opening_cents or 0),
            "credits": format_euros(statement.credits_cents),
            "debits": format_euros(statement.debits_cents),
            "closing": format_euros(statement.closing_cents or 0),
        }
        return Refusal("balances", sentence % values)
    if any((entry.booked_on or entry.value_on or statement.closing_on) is None for entry in statement.booked):
        return Refusal("date", _("Une ligne n’a pas de date : demandez à la banque un fichier corrigé."))
    return None


def _read(data: bytes) -> tuple[Statement, ...]:
    try:
        return read_statements(data, max_bytes=settings.STATEMENT_MAX_BYTES)
    except StatementError as error:
        raise Refused(Refusal(error.code, error.message)) from None


def _refuse_same_file(sha256: str) -> None:
    row = BankStatement.objects.filter(file_sha256=sha256).order_by("pk").first()
    if row is not None:
        raise _already_read(row)


def _already_read(row: BankStatement) -> AlreadyDone:
    language = (get_language() or "fr")[:2]
    day = format_date(
        clock.paris_date(row.imported_at), "d MMMM", locale="fr" if language == "fr" else "en_GB"
    )
    return AlreadyDone(_("Ce relevé a déjà été lu le %(day)s. Rien n’a été ajouté.") % {"day": day})


def _known(statement: Statement, account: str) -> BankStatement | None:
    """The row that this statement made before. Raises Refused when the bank sent other content under its number."""
    row = BankStatement.objects.filter(account=account, statement_id=statement.statement_id).first()
    if row is None:
        return None
    same_balances = (row.opening_cents, row.closing_cents) == (
        statement.opening_cents,
        statement.closing_cents,
    )
    if same_balances and _content(list(row.lines.all())) == _content(list(draft_lines(statement))):
        return row
    raise Refused(
        Refusal(
            "other_content",
            _(
                "Un relevé de même numéro a déjà été lu avec un autre contenu."
                " Rien n’a été ajouté : appelez la banque."
            ),
        )
    )


def _content(lines: list[BankLine]) -> list[tuple[object, ...]]:
    return sorted(
        (
            line.entry_index,
            line.detail_index,
            line.amount_cents,
            line.booked_on,
            line.end_to_end_id,
            line.return_code,
        )
        for line in lines
    )


def _keep(statement: Statement, account: str, sha256: str, sealed: bytes, by: User) -> BankStatement:
    row = BankStatement.objects.create(
        account=account,
        statement_id=statement.statement_id,
        file_format=statement.format,
        file_sha256=sha256,
        file_sealed=sealed,
        opening_cents=statement.opening_cents or 0,
        closing_cents=statement.closing_cents or 0,
        closing_on=statement.closing_on,
        imported_by=by,
        imported_at=clock.moment(),
        warnings=_warnings(statement, account),
    )
    lines = list(draft_lines(statement))
    for line in lines:
        line.statement = row
    BankLine.objects.bulk_create(lines, batch_size=500)
    audit.record(
        "statement.imported",
        row,
        by=by,
        sha256=sha256,
        lines=len(lines),
        opening_cents=row.opening_cents,
        closing_cents=row.closing_cents,
    )
    return row


def _warnings(statement: Statement, account: str) -> list[str]:
    """Sentences kept with the statement, in the language of who imported it; amounts only, nothing personal."""
    warnings = list(statement.problems)
    previous = BankStatement.objects.filter(account=account).order_by("-closing_on", "-pk")
    if statement.closing_on is not None:
        previous = previous.filter(closing_on__lte=statement.closing_on)
    last = previous.first()
    if last is not None and last.closing_cents != statement.opening_cents:
        warnings.append(
            _(
                "Il manque peut-être un relevé : le précédent finit à %(closing)s,"
                " celui-ci commence à %(opening)s."
            )
            % {
                "closing": format_euros(last.closing_cents),
                "opening": format_euros(statement.opening_cents or 0),
            }
        )
    if statement.unbooked:
        warnings.append(
            _(
                "%(count)d lignes annoncées, pas encore comptabilisées, sont laissées de côté : elles reviendront."
            )
            % {"count": len(statement.unbooked)}
        )
    if any(entry.amount_cents == 0 for entry in statement.booked):
        warnings.append(_("Des lignes de zéro euro sont laissées de côté."))
    return warnings


def _book(rows: tuple[BankStatement, ...], already: tuple[BankStatement, ...], by: User) -> ImportResult:
    ids = [row.pk for row in rows]
    new = BankLine.objects.filter(statement__in=ids).order_by("pk")
    for line in new.select_related("statement"):
        settlement.match_line(line, by=by)
    before = BankLine.objects.filter(state=LineState.PARKED).exclude(statement__in=ids).count()
    settlement.match_parked_lines(by=by)
    after = BankLine.objects.filter(state=LineState.PARKED).exclude(statement__in=ids).count()
    matched = new.filter(state=LineState.MATCHED).count()
    return ImportResult(
        statements=rows,
        already_read=already,
        matched=matched,
        parked=new.count() - matched,
        rematched=before - after,
        warnings=tuple(sentence for row in rows for sentence in row.warnings),
    )
