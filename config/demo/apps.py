from datetime import timedelta

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demo: the case's loader, the payment stand-in, the demo bank, the mailbox. Installed only with DEMO=1."""

    name = "config.demo"
    label = "demo"
    verbose_name = "Démonstration"

    def ready(self) -> None:
        from config.demo import delivery, payments  # noqa: PLC0415 - models are not loaded when this module is
        from fund import registry  # noqa: PLC0415

        registry.register_job("standin_deliveries", timedelta(minutes=1), delivery.deliver_waiting_events)
        registry.register_job("standin_debits", timedelta(minutes=1), payments.confirm_waiting_debits)
