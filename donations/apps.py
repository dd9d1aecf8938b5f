from datetime import timedelta

from django.apps import AppConfig

from fund import guards


class DonationsConfig(AppConfig):
    name = "donations"
    verbose_name = "Dons"

    def ready(self) -> None:
        from donations import proofs  # noqa: PLC0415 - models are not loaded when this module is
        from donations.actions import fees, payouts, receiving  # noqa: PLC0415
        from fund import registry  # noqa: PLC0415

        guards.keep_frozen(
            guards.Frozen(
                "donations_gift",
                ("amount_cents", "pocket_id", "donor_id", "form_token", "giver_kind", "channel"),
            )
        )
        guards.keep_frozen(
            guards.Frozen("donations_paymentattempt", ("gift_id", "number", "idempotency_key"))
        )
        guards.keep_frozen(
            guards.Frozen("donations_paymentattempt", ("session_id",), "OLD.session_id IS NOT NULL")
        )
        guards.keep_frozen(
            guards.Frozen(
                "donations_providerevent", ("delivery_key", "event_id", "event_type", "payload_sealed")
            )
        )
        guards.keep_frozen(
            guards.Frozen("donations_refund", ("stripe_id", "gift_id", "amount_cents", "happened_on"))
        )
        guards.keep_frozen(
            guards.Frozen("donations_dispute", ("stripe_id", "gift_id", "amount_cents", "opened_on"))
        )
        guards.keep_frozen(guards.Frozen("donations_monthlygift", ("amount_cents", "pocket_id", "donor_id")))
        guards.keep_frozen(guards.Frozen("donations_gift", ("invoice_id",), "OLD.invoice_id IS NOT NULL"))
        guards.keep_frozen(guards.Frozen("donations_giftwords", ("gift_id", "text_sealed")))
        registry.register_claimer(payouts.claim_payout_line)
        registry.register_job("missing_fees", timedelta(minutes=15), fees.fetch_missing_fees)
        registry.register_job("waiting_events", timedelta(minutes=5), receiving.take_up_waiting_events)
        proofs.register()
