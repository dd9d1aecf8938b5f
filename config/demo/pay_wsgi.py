"""The pay page's own web process, on the next port (see `config/demo/pay_handler.py`)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
get_wsgi_application()

from config.demo.pay_handler import make_application  # noqa: E402 - apps must be loaded first
from fund.installation import refuse_wrong_start  # noqa: E402

refuse_wrong_start()
application = make_application()
