from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demo: the case's loader, the payment stand-in, the demo bank, the mailbox. Installed only with DEMO=1."""

    name = "config.demo"
    label = "demo"
    verbose_name = "Démonstration"
