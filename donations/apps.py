from datetime import timedelta

from django.apps import AppConfig

from fund import guards


class DonationsConfig(AppConfig):
    name = "donations"
    verbose_name = "Dons"

    def ready(self) -> None:
        from donations import proofs  # noqa: PLC0415 - models are not loaded when this module is
        from donations.actions import card_signals, fees, giving_back, payouts, receiving  # noqa: PLC0415
        from donations.actions.comparing import compare_hourly  # noqa: PLC0415
        from donations.actions.monthly_changes import carry_out_waiting_changes  # noqa: PLC0415
        from donations.allocation import closing  # noqa: PLC0415
        from donations.allocation import proofs as allocation_proofs  # noqa: PLC0415
        from donations.outside import joining  # noqa: PLC0415
        from donations.space import is_donors_mailbox  # noqa: PLC0415
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
        guards.keep_frozen(
            guards.Frozen(
                "donations_refundorder",
                ("gift_id", "number", "form_token", "amount_cents", "reason", "payment_id", "asked_by_id"),
            )
        )
        guards.keep_frozen(guards.Frozen("donations_monthlygift", ("pocket_id", "donor_id")))
        guards.keep_frozen(
            guards.Frozen(
                "donations_monthlychange",
                ("monthly_id", "kind", "amount_cents", "resumes_on", "once", "asked_at"),
            )
        )
        guards.keep_append_only("donations_preferencechoice", "donations_donorerasure")
        guards.keep_append_only("donations_monthclosing", "donations_allocation", "donations_telling")
        guards.keep_frozen(guards.Frozen("donations_gift", ("invoice_id",), "OLD.invoice_id IS NOT NULL"))
        guards.keep_frozen(guards.Frozen("donations_giftwords", ("gift_id", "text_sealed")))
        guards.keep_append_only("donations_matchingchange")
        guards.keep_frozen(
            guards.Frozen(
                "donations_matchingoffer",
                (
                    "sponsor_key_id",
                    "sponsor_sealed",
                    "sponsor_index",
                    "public_name",
                    "numerator",
                    "denominator",
                    "cap_cents",
                    "starts_on",
                    "ends_on",
                    "pocket_id",
                    "team_id",
                    "recorded_by_id",
                ),
            )
        )
        guards.keep_frozen(guards.Frozen("donations_matchingshare", ("offer_id", "gift_id", "granted_cents")))
        guards.keep_frozen(guards.Frozen("donations_offerpayment", ("offer_id", "gift_id", "recorded_by_id")))
        guards.keep_frozen(
            guards.Frozen("donations_teamtext", ("team_id", "name", "story", "goal_cents", "made_at"))
        )
        registry.register_claimer(payouts.claim_payout_line)
        registry.register_job("missing_fees", timedelta(minutes=15), fees.fetch_missing_fees)
        registry.register_job("monthly_changes", timedelta(minutes=1), carry_out_waiting_changes)
        registry.register_job("comparison", timedelta(hours=1), compare_hourly)
        registry.register_job("waiting_events", timedelta(minutes=5), receiving.take_up_waiting_events)
        registry.register_job("waiting_refunds", timedelta(minutes=5), giving_back.ask_waiting_refunds)
        registry.register_job("month_closings", timedelta(hours=1), closing.close_due_months)
        registry.register_job("old_cards", timedelta(days=1), card_signals.forget_old_cards)
        registry.register_mailbox("donor", is_donors_mailbox)
        proofs.register()
        allocation_proofs.register()
        joining.register()
