"""Receives a school's list: each piece is sealed as it arrives, what is too big is dropped, a hopeless body is cut."""

from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.http import HttpRequest

from aid_requests.register.files import SealedFile, SealingWriter
from aid_requests.register.reasons import FileFault

# Past this the connection is cut: a sentence would cost minutes of upload for nothing.
_HOPELESS_BYTES = 64 * 1024 * 1024


class SealingUploadHandler(FileUploadHandler):
    """Keeps the file as ciphertext, never as it came. `fault` says what kept it from being taken."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.sealed: SealedFile | None = None
        self.fault: FileFault | None = FileFault("missing")
        self._is_hopeless = False
        self._writer = SealingWriter()

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        if content_length > _HOPELESS_BYTES:
            self._is_hopeless, self.fault = True, FileFault("too_big")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._writer = SealingWriter()
        if self._is_hopeless:
            raise StopUpload(connection_reset=True)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) > settings.REGISTER_MAX_BYTES:
            self.fault = FileFault("too_big")
            raise SkipFile
        self._writer.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """Nothing of the file reaches the form: it lies here, sealed."""
        try:
            self.sealed, self.fault = self._writer.finish(), None
        except FileFault as fault:
            self.fault = fault
        return None
