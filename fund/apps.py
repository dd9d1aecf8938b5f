from datetime import timedelta
from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


def _after_migration(*, using: str, **_kwargs: Any) -> None:
    """Django's own hook, the only signal used: triggers and accounts are there again after every migration."""
    from fund import after_migration  # noqa: PLC0415 - models are not loaded when this module is

    after_migration.complete(connections[using])


class FundConfig(AppConfig):
    name = "fund"
    verbose_name = "La fondation et son argent"

    def ready(self) -> None:
        # Models are not loaded when this module is.
        from fund import (  # noqa: PLC0415
            accounts,
            checkpoints,
            legal_bases,
            limits,
            mail,
            proofs,
            registry,
            sealing,
            sessions,
            stuck,
            system_checks,
        )
        from fund.treasury import settlement  # noqa: PLC0415

        post_migrate.connect(_after_migration, sender=self, dispatch_uid="fund_after_migration")
        system_checks.register_checks()
        proofs.register()
        legal_bases.keep_frozen()
        registry.register_job("mails", timedelta(minutes=5), mail.resend_waiting_mails)
        registry.register_job("checkpoints", timedelta(minutes=5), checkpoints.checkpoint_in_time)
        registry.register_job("seals", timedelta(minutes=1), sealing.seal_in_time)
        registry.register_job("stuck_work", timedelta(minutes=1), stuck.requeue_in_time)
        registry.register_job("sessions", timedelta(days=1), sessions.clear_expired_sessions)
        registry.register_job("rate_counts", timedelta(hours=6), limits.forget_old_counts)
        registry.register_job("sign_in_tries", timedelta(days=1), accounts.forget_old_tries)
        registry.register_job("parked_lines", timedelta(minutes=5), settlement.match_waiting_lines)
