from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = "Comptes publiés"

    def ready(self) -> None:
        from reports import proofs  # noqa: PLC0415 - models are not loaded when this module is

        proofs.register()
