"""The text of a file that a form was sent."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _


def text_of(file: UploadedFile, *, most_bytes: int, too_big: Any) -> str:
    """UTF-8, with a byte-order mark or without. Raises ValidationError, `too_big` being the sentence for its size."""
    if (file.size or 0) > most_bytes:
        raise forms.ValidationError(too_big)
    try:
        return str(file.read().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise forms.ValidationError(
            _("Ce fichier n’est pas du texte UTF-8. Enregistrez-le en UTF-8.")
        ) from error
