"""The antivirus, played by a few lines that speak as clamd does: a file without a clear verdict is not taken."""

import socket
import threading
from pathlib import Path

import pytest

from aid_requests.documents import check_upload
from tests.aid_requests.factories import PDF, picture
from tests.aid_requests.test_papers import code_of


class Clamd(threading.Thread):
    """Answers one scan as clamd does: refuses what holds EICAR; `answer` replaces the verdict, "" hangs up."""

    def __init__(self, line: socket.socket, answer: str | None = None) -> None:
        super().__init__(daemon=True)
        self.line, self.answer, self.received = line, answer, b""
        self.start()

    def run(self) -> None:
        peer, _address = self.line.accept()
        with peer, peer.makefile("rb") as stream:
            assert stream.read(10) == b"zINSTREAM\0"
            while size := int.from_bytes(stream.read(4), "big"):
                self.received += stream.read(size)
            verdict = "stream: Eicar-Test-Signature FOUND" if b"EICAR" in self.received else "stream: OK"
            if (said := verdict if self.answer is None else self.answer) != "":
                peer.sendall(said.encode() + b"\0")


@pytest.fixture
def local_socket(tmp_path: Path, settings):
    with socket.socket(socket.AF_UNIX) as line:
        line.bind(str(tmp_path / "clamd"))
        line.listen()
        settings.CLAMD = str(tmp_path / "clamd")
        yield line


def test_the_antivirus_reads_the_file_as_it_was_sent(local_socket):
    scanner = Clamd(local_socket)
    sent = picture("JPEG") + b"x" * 200_000
    assert check_upload("a.jpg", sent).content_type == "image/jpeg"
    assert scanner.received == sent


def test_what_the_antivirus_refuses_is_refused(local_socket):
    Clamd(local_socket)
    assert code_of(picture("JPEG") + b"EICAR", "a.jpg") == "infected"


@pytest.mark.parametrize("answer", ["", "INSTREAM size limit exceeded. ERROR", "stream: OK, perhaps", "OK"])
def test_without_a_clear_verdict_nothing_is_taken(local_socket, answer):
    Clamd(local_socket, answer)
    assert code_of(PDF) == "not_scanned"


def test_an_antivirus_that_is_away_is_told_and_nothing_is_taken(tmp_path, settings):
    settings.CLAMD = str(tmp_path / "nobody")
    assert code_of(PDF) == "not_scanned"


def test_the_antivirus_may_be_on_another_machine(settings):
    with socket.create_server(("127.0.0.1", 0)) as line:
        settings.CLAMD = f"127.0.0.1:{line.getsockname()[1]}"
        Clamd(line)
        assert code_of(PDF + b"EICAR\n%%EOF") == "infected"
