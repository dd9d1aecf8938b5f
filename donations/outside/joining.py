"""What the rest of the fund must know of this package when it starts: its bank lines, its timed work, its proofs."""

from datetime import timedelta

from donations.outside import proofs
from donations.outside.claiming import claim_outside_line
from donations.outside.transfers import lapse_expected_transfers
from fund import guards, registry

_FROZEN = (
    guards.Frozen("donations_deposit", ("number", "reference")),
    guards.Frozen("donations_deposit", ("count", "total_cents"), "OLD.state IN ('confirmed', 'credited')"),
    guards.Frozen("donations_cheque", ("deposit_id", "gift_id", "form_token", "number", "bank_sealed")),
    guards.Frozen("donations_expectedtransfer", ("token", "form_token", "reference", "gift_id")),
    guards.Frozen("donations_transfertie", ("line_id", "expected_id", "tied_by_id")),
    guards.Frozen("donations_transfertie", ("gift_id",), "OLD.gift_id IS NOT NULL"),
    guards.Frozen("donations_returntie", ("line_id", "gift_id", "reason", "tied_by_id")),
    guards.Frozen("donations_returntie", ("refund_id",), "OLD.refund_id IS NOT NULL"),
    guards.Frozen(
        "donations_agreement",
        ("form_token", "donor_id", "giver_sealed", "pocket_id", "total_cents", "signed_on"),
    ),
    guards.Frozen("donations_instalment", ("agreement_id", "position", "due_on", "amount_cents")),
    guards.Frozen("donations_instalment", ("expected_id",), "OLD.expected_id IS NOT NULL"),
)


def register() -> None:
    """Called once, when the app is ready."""
    for frozen in _FROZEN:
        guards.keep_frozen(frozen)
    registry.register_claimer(claim_outside_line)
    registry.register_job("expected_transfers", timedelta(hours=1), lapse_expected_transfers)
    proofs.register()
