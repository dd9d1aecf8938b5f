"""Who may open the pages of gifts from outside, and one of each thing their addresses name: for the sweep of URLs."""

from types import SimpleNamespace

from donations.givers import Giver
from donations.models.returns import ReturnReason
from donations.outside.cheques import confirm_deposit
from donations.outside.returns import tie_return
from donations.outside.transfers import DonorTold, tie_to_donor
from fund.models import BankLine, Pocket
from fund.models.people import Role
from tests.conftest import grant, make_user
from tests.donations.outside import factories

PAYERS = {"treasurer", "signatory"}
READERS = PAYERS | {"auditor"}
MATRIX: dict[str, set[str] | None] = {
    "announce_transfer": None,
    "transfer_page": None,  # behind a token that nobody can guess
    "deposit_list": READERS,
    "deposit_page": READERS,
    "deposit_slip": READERS,
    "open_deposit": {"treasurer"},
    "add_cheque": {"treasurer"},
    "move_deposit": PAYERS,
    "move_cheque": PAYERS,
    "transfer_list": READERS,
    "tie_line": {"treasurer"},
    "decide_tie": PAYERS,
    "return_line": {"treasurer"},
    "decide_return": PAYERS,
    "agreement_list": READERS,
    "record_agreement": {"treasurer"},
    "agreement_page": READERS,
    "agreement_letter": READERS,
    "move_agreement": PAYERS,
    "demo_bank_outside": None,
}
POST_ONLY = {
    "open_deposit", "add_cheque", "move_deposit", "move_cheque", "decide_tie", "decide_return",
    "move_agreement", "demo_bank_outside",
}  # fmt: skip
OBJECT_OF = {
    "transfer_page": "expected", "deposit_page": "deposit", "deposit_slip": "deposit", "add_cheque": "deposit",
    "move_deposit": "deposit_step", "move_cheque": "cheque_step", "tie_line": "credit", "decide_tie": "tie_step",
    "return_line": "debit", "decide_return": "return_step",
    "agreement_page": "agreement", "agreement_letter": "running_agreement", "move_agreement": "agreement_step",
}  # fmt: skip


def addresses(people: SimpleNamespace, pocket: Pocket) -> dict[str, dict[str, object]]:
    """All recorded by a treasurer whom the sweep does not ask, so that each payer may be the second person."""
    recorder = make_user("recorder")
    grant(recorder, Role.TREASURER, by=people.administrator, consent=people.auditor)
    done = confirm_deposit(by=people.signatory, deposit=factories.closed_deposit(recorder, pocket, 1_000))
    deposit = factories.closed_deposit(recorder, pocket, 2_000)
    expected = factories.announce(pocket)
    factories.bank_says(recorder, (700, "TRANSFER ONE"), (800, "TRANSFER TWO"))
    first, second = BankLine.objects.filter(amount_cents__in=(700, 800)).order_by("pk")
    tie = tie_to_donor(by=recorder, line=second, told=DonorTold(Giver("", "Essai"), pocket))
    given = factories.counted_transfer(recorder, pocket)
    factories.bank_says(recorder, (-300, "TRANSFER THREE"), (-400, "TRANSFER FOUR"))
    debit, other = BankLine.objects.filter(amount_cents__in=(-300, -400)).order_by("pk")
    returned = tie_return(by=recorder, line=other, gift=given, reason=ReturnReason.GIVEN_BACK)
    running = factories.make_agreement(recorder, pocket)
    factories.confirm(running, by=people.signatory)
    proposed = factories.make_agreement(recorder, pocket)
    return {
        "expected": {"token": expected.token},
        "deposit": {"number": deposit.number},
        "deposit_step": {"number": deposit.number, "step": "confirmer"},
        "cheque_step": {"pk": done.cheques.get().pk, "step": "garder"},
        "credit": {"pk": first.pk},
        "tie_step": {"pk": tie.pk, "step": "refuser"},
        "debit": {"pk": debit.pk},
        "return_step": {"pk": returned.pk, "step": "refuser"},
        "agreement": {"reference": proposed.reference},
        "running_agreement": {"reference": running.reference},
        "agreement_step": {"reference": proposed.reference, "step": "abandonner"},
    }
