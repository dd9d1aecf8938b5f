"""The pay page's own web process, on the next port (see `config/demo/pay_handler.py`)."""

import os

from django.core.wsgi import get_wsgi_application

from config import starting

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
with starting.told_in_a_sentence(starting.WEB_REFUSED):
    get_wsgi_application()

    from config.demo.pay_handler import make_application  # apps must be loaded first
    from fund.installation import refuse_wrong_start

    refuse_wrong_start()
    application = make_application()
