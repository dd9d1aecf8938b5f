from datetime import timedelta

from django.apps import AppConfig

from donations import guarded


class DonationsConfig(AppConfig):
    name = "donations"
    verbose_name = "Dons"

    def ready(self) -> None:
        from donations import proofs  # noqa: PLC0415 - models are not loaded when this module is
        from donations.actions import card_signals, fees, giving_back, payouts, receiving, undoing  # noqa: PLC0415
        from donations.actions.comparing import compare_hourly  # noqa: PLC0415
        from donations.actions.monthly_changes import carry_out_waiting_changes  # noqa: PLC0415
        from donations.allocation import closing  # noqa: PLC0415
        from donations.allocation import proofs as allocation_proofs  # noqa: PLC0415
        from donations.outside import joining  # noqa: PLC0415
        from donations.space import is_donors_mailbox  # noqa: PLC0415
        from fund import registry  # noqa: PLC0415

        guarded.keep()
        registry.register_claimer(payouts.claim_payout_line)
        registry.register_job("missing_fees", timedelta(minutes=15), fees.fetch_missing_fees)
        registry.register_job("monthly_changes", timedelta(minutes=1), carry_out_waiting_changes)
        registry.register_job("comparison", timedelta(hours=1), compare_hourly)
        registry.register_job("waiting_events", timedelta(minutes=5), receiving.take_up_waiting_events)
        registry.register_job("crossed_debits", timedelta(minutes=5), undoing.undo_crossed_debits)
        registry.register_job("waiting_refunds", timedelta(minutes=5), giving_back.ask_waiting_refunds)
        registry.register_job("month_closings", timedelta(hours=1), closing.close_due_months)
        registry.register_job("old_cards", timedelta(days=1), card_signals.forget_old_cards)
        registry.register_mailbox("donor", is_donors_mailbox)
        proofs.register()
        allocation_proofs.register()
        joining.register()
