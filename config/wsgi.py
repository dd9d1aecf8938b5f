"""The web process. It refuses to start on a database it must not open (wrong keys, demo rows without DEMO)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
application = get_wsgi_application()

from fund.installation import refuse_wrong_start  # noqa: E402 - apps must be loaded first

refuse_wrong_start()
