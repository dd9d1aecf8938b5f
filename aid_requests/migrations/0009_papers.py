import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

from fund import vault


def keep_school_addresses(apps, schema_editor):
    """Until now the address of the account was the school's; what was erased stays erased."""
    rows = apps.get_model("aid_requests", "Applicant").objects.select_related("user", "subject_key")
    for applicant in rows.exclude(subject_key__wrapped_key=None).order_by("pk").iterator(chunk_size=500):
        address = applicant.user.email.strip().lower()
        applicant.school_email_sealed = vault.seal_text_for(applicant.subject_key, address)
        applicant.school_email_fingerprint = vault.blind_index("school-email", address)
        applicant.save(update_fields=["school_email_sealed", "school_email_fingerprint"])


class Migration(migrations.Migration):
    dependencies = [
        ("aid_requests", "0008_signing"),
        ("fund", "0006_checkpoints"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="applicant",
            name="school_email_sealed",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="applicant",
            name="school_email_fingerprint",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.RunPython(keep_school_addresses, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="applicant",
            constraint=models.UniqueConstraint(
                condition=~Q(school_email_fingerprint=""),
                fields=("school_email_fingerprint",),
                name="one_applicant_a_school_address",
            ),
        ),
        migrations.AddConstraint(
            model_name="applicant",
            constraint=models.CheckConstraint(
                condition=Q(school_email_sealed="", school_email_fingerprint="")
                | ~Q(school_email_sealed="") & ~Q(school_email_fingerprint=""),
                name="school_address_with_its_hash",
            ),
        ),
        migrations.CreateModel(
            name="UnfinishedStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("step", models.CharField(max_length=12)),
                ("page", models.CharField(max_length=32)),
                ("typed_sealed", models.TextField()),
                ("saved_at", models.DateTimeField()),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="unfinished_steps",
                        to="aid_requests.aidrequest",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="unfinishedstep",
            constraint=models.UniqueConstraint(
                fields=("request", "step"), name="one_unfinished_state_a_step"
            ),
        ),
        migrations.AddConstraint(
            model_name="unfinishedstep",
            constraint=models.CheckConstraint(
                condition=~Q(page="") & ~Q(typed_sealed=""), name="unfinished_step_was_typed"
            ),
        ),
        migrations.CreateModel(
            name="AddressCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email_sealed", models.TextField()),
                ("code_hash", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "applicant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="address_codes",
                        to="aid_requests.applicant",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="addresscode",
            constraint=models.CheckConstraint(condition=Q(tries__lte=5), name="address_code_five_tries"),
        ),
        migrations.AddConstraint(
            model_name="addresscode",
            constraint=models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="address_code_expires"
            ),
        ),
    ]
