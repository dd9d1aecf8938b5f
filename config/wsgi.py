"""The web process. It refuses to start on a database it must not open (wrong keys, demo rows without DEMO)."""

import os

from django.core.wsgi import get_wsgi_application

from config import starting

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
with starting.told_in_a_sentence(starting.WEB_REFUSED):
    application = get_wsgi_application()

    from fund.installation import refuse_wrong_start  # apps must be loaded first

    refuse_wrong_start()
