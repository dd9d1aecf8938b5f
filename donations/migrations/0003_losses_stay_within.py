"""What disputes took is written on the gift, so that the database itself keeps losses within the gift's amount."""

from django.db import migrations, models
from django.db.migrations.state import StateApps

TAKEN = ("open", "lost")


def fill(apps: StateApps, editor: object) -> None:
    gifts, disputes = apps.get_model("donations", "Gift"), apps.get_model("donations", "Dispute")
    taken = disputes.objects.filter(state__in=TAKEN).values("gift").annotate(cents=models.Sum("amount_cents"))
    for row in taken.order_by("gift"):
        gifts.objects.filter(pk=row["gift"]).update(disputed_cents=row["cents"])


class Migration(migrations.Migration):
    dependencies = [("donations", "0002_money_back_and_monthly")]

    operations = [
        migrations.AddField(
            model_name="gift", name="disputed_cents", field=models.BigIntegerField(default=0)
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="gift",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("disputed_cents__gte", 0),
                    (
                        "disputed_cents__lte",
                        models.F("amount_cents") - models.F("refunded_cents"),
                    ),
                ),
                name="gift_losses_stay_within",
            ),
        ),
    ]
