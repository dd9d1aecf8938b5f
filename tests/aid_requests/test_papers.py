"""What a file really is, and what is left of it once it is kept. No database: bytes in, bytes out."""

from io import BytesIO

import pytest
from PIL import Image
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, TextStringObject
from reportlab.pdfgen.canvas import Canvas

from aid_requests.documents import DocumentError, check_upload, marked, pictures
from aid_requests.documents.jpeg_marks import without_metadata
from tests.aid_requests.factories import PDF, picture
from tests.papers import AUTHOR, pdf

MARKER = b"Quartzmarker"
MP4 = b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 40


def saved(image: Image.Image, form: str, **options) -> bytes:
    buffer = BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def with_metadata(form: str, *, orientation: int = 1) -> bytes:
    """A picture, red on its left half, that says where and by whom it was taken, with a thumbnail's worth of XMP."""
    image = Image.new("RGB", (400, 200), "white")
    image.paste("red", (0, 0, 200, 200))
    exif = Image.Exif()
    exif[0x0112], exif[0x013B] = orientation, MARKER.decode()
    exif.get_ifd(0x8825)[29] = MARKER.decode()
    options = {"exif": exif, "xmp": b"<x>" + MARKER + b"</x>"}
    if form == "JPEG":
        options["comment"] = MARKER
    return saved(image, form, **options)


def code_of(data: bytes, name: str = "paper.pdf") -> str:
    with pytest.raises(DocumentError) as caught:
        check_upload(name, data)
    assert caught.value.message.strip().endswith(".") or "\u00a0: " in caught.value.message
    assert name not in caught.value.message
    return caught.value.code


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (PDF, "application/pdf"),
        (picture("JPEG"), "image/jpeg"),
        (picture("PNG"), "image/png"),
        (picture("WEBP"), "image/jpeg"),
        (picture("HEIF"), "image/jpeg"),
    ],
)
def test_a_file_is_what_its_content_says(data, expected):
    upload = check_upload("whatever.exe", data)
    assert upload.content_type == expected
    assert upload.data.startswith(
        {"application/pdf": b"%PDF-", "image/png": b"\x89PNG"}.get(expected, b"\xff\xd8")
    )


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.pdf", b"", "empty"),
        ("a.pdf", b"Dear committee", "not_a_pdf"),
        ("a.pdf", b"PK\x03\x04 a zip named pdf", "not_a_pdf"),
        ("a.pdf", b"%PDF-1.7 cut in the middle", "not_a_pdf"),
        ("a.pdf", b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n%%EOF", "not_a_pdf"),
        ("a.pdf", PDF[: len(PDF) // 2] + b"\n%%EOF", "not_a_pdf"),
        ("a.docx", b"PK\x03\x04 a word file", "unknown"),
        ("a.svg", b"<svg onload='x()'/>", "unknown"),
        ("a.mp4", MP4, "unknown"),
        ("a.jpg", b"\xff\xd8\xff\xe0 not a picture", "not_an_image"),
        ("a.jpg", picture("JPEG", (400, 300))[:-400], "not_an_image"),
        ("a.png", picture("PNG")[:60], "not_an_image"),
        ("a.heic", picture("HEIF", (400, 300))[:-200], "not_an_image"),
        ("a.jpg", b"\xff\xd8\xff" + b"\x00" * (8 * 1024 * 1024), "too_big"),
    ],
)
def test_what_is_no_readable_paper_is_refused_with_a_sentence(name, data, code):
    assert code_of(data, name) == code


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_a_picture_keeps_nothing_but_what_is_seen(form):
    sent = with_metadata(form)
    assert MARKER in sent
    kept = check_upload("a", sent)
    assert MARKER not in kept.data and not opened(kept.data).getexif()
    assert set(opened(kept.data).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_taken_sideways_is_turned_before_its_orientation_is_forgotten(form):
    kept = opened(check_upload("a", with_metadata(form, orientation=6)).data).convert("RGB")
    assert kept.size == (200, 400)
    above, below = kept.getpixel((100, 50)), kept.getpixel((100, 350))
    assert isinstance(above, tuple) and isinstance(below, tuple)
    assert above[1] < 60 and below[1] > 200  # red above, white below


@pytest.mark.parametrize("size", [(12_000, 9_000), (12_000, 12_000), (12_000, 40)])
def test_a_photo_of_twelve_thousand_points_is_scaled(size):
    kept = opened(check_upload("a.jpg", saved(Image.new("L", size, 200), "JPEG", quality=30)).data)
    assert max(kept.size) == 3000
    assert abs(kept.size[0] / kept.size[1] - size[0] / size[1]) < size[0] / size[1] / 20


def test_a_photo_is_decoded_no_larger_than_needed(monkeypatch):
    """The whole of 12 000 × 9 000 points would take 432 MB."""
    sizes = []
    shrink = Image.Image.thumbnail

    def seen(self, *args, **kwargs):
        self.load()
        sizes.append(self.size)
        return shrink(self, *args, **kwargs)

    sent = saved(Image.new("L", (12_000, 9_000), 200), "JPEG", quality=30)
    monkeypatch.setattr(Image.Image, "thumbnail", seen)
    check_upload("a.jpg", sent)
    assert sizes == [(3000, 2250)]


@pytest.mark.parametrize(
    ("mode", "size", "form"),
    [("1", (20_000, 20_000), "PNG"), ("1", (16_000, 20_000), "PNG"), ("RGB", (9_000, 9_000), "PNG")],
)
def test_a_small_file_that_claims_a_huge_canvas_is_refused_unread(mode, size, form, monkeypatch):
    sent = saved(Image.new(mode, size), form)
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda self: pytest.fail("it was unfolded"))
    assert code_of(sent, "bomb.png") in ("huge_image", "not_an_image")


def test_a_progressive_photo_is_judged_as_what_it_unfolds_to(monkeypatch):
    sent = saved(Image.new("RGB", (600, 400)), "JPEG", progressive=True)
    assert check_upload("a.jpg", sent).content_type == "image/jpeg"
    monkeypatch.setattr(pictures, "MAX_UNFOLDED_BYTES", 600 * 400 * 4 - 1)
    assert code_of(sent, "a.jpg") == "huge_image"
    assert check_upload("a.jpg", saved(Image.new("RGB", (600, 400)), "JPEG")).content_type == "image/jpeg"


@pytest.mark.parametrize(
    ("mode", "form"), [("CMYK", "JPEG"), ("I;16", "PNG"), ("P", "PNG"), ("LA", "PNG"), ("RGBA", "WEBP")]
)
def test_any_kind_of_colours_becomes_a_plain_picture(mode, form):
    kept = opened(check_upload("a", saved(Image.new(mode, (60, 40)), form)).data)
    assert kept.mode in ("RGB", "L") and kept.size == (60, 40)


def test_what_is_transparent_is_white_as_paper():
    kept = opened(check_upload("a.png", saved(Image.new("RGBA", (60, 40), (0, 0, 0, 0)), "PNG")).data)
    assert kept.convert("RGB").getpixel((5, 5)) == (255, 255, 255)


HTML = b"<html><script>alert('Quartzmarker')</script></html>"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(picture("JPEG") + HTML, id="a page behind a photo"),
        pytest.param(
            without_metadata(picture("JPEG"))[:2] + b"\xff\xfe\x00\x37" + HTML + picture("JPEG")[2:],
            id="in it",
        ),
        pytest.param(picture("PNG") + b"PK\x03\x04Quartzmarker", id="an archive behind a capture"),
        pytest.param(PDF + b"PK\x03\x04Quartzmarker\n%%EOF", id="an archive behind a PDF"),
        pytest.param(pdf().replace(b"%PDF-1.", b"%PDF-1.", 1) + HTML, id="a page behind a PDF"),
    ],
)
def test_a_file_that_is_two_things_is_refused_or_only_its_picture_is_kept(data):
    try:
        kept = check_upload("paper.pdf", data)
    except DocumentError:
        return
    assert MARKER not in kept.data and b"PK\x03\x04" not in kept.data and b"<script" not in kept.data


@pytest.mark.parametrize("front", [b"GIF89a", b"MZ", b"PK\x03\x04", b"<html>"])
def test_a_pdf_that_begins_as_something_else_is_refused(front):
    assert code_of(front + PDF) == "not_a_pdf"


def written(writer: PdfWriter) -> bytes:
    buffer = BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def on_one_page() -> PdfWriter:
    return PdfWriter(clone_from=BytesIO(PDF))


def named(**pairs) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{name}"): value for name, value in pairs.items()})


def resources_of(page: PageObject) -> DictionaryObject:
    found = page["/Resources"].get_object()
    assert isinstance(found, DictionaryObject)
    return found


def script_at_opening() -> bytes:
    writer = on_one_page()
    script = named(S=NameObject("/JavaScript"), JS=TextStringObject("app.alert('Quartzmarker')"))
    writer.root_object[NameObject("/OpenAction")] = writer._add_object(script)
    return written(writer)


def file_inside() -> bytes:
    writer = on_one_page()
    writer.add_attachment("words.txt", MARKER)
    return written(writer)


def action_on_a_link(**action) -> bytes:
    """Deep inside: an annotation's action, in an object of its own."""
    writer = on_one_page()
    link = named(Subtype=NameObject("/Link"), A=writer._add_object(named(**action)))
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(link)])
    return written(writer)


def hidden_in_a_form() -> bytes:
    writer = on_one_page()
    field = named(
        FT=NameObject("/Tx"), AA=named(K=named(S=NameObject("/JavaScript"), JS=TextStringObject("x")))
    )
    writer.root_object[NameObject("/AcroForm")] = named(Fields=ArrayObject([writer._add_object(field)]))
    return written(writer)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(script_at_opening(), id="script"),
        pytest.param(file_inside(), id="file"),
        pytest.param(hidden_in_a_form(), id="form"),
        pytest.param(action_on_a_link(S=NameObject("/Launch"), F=TextStringObject("cmd.exe")), id="launch"),
        pytest.param(
            action_on_a_link(S=NameObject("/#4aavaScript"), JS=TextStringObject("x")), id="disguised"
        ),
        pytest.param(action_on_a_link(S=NameObject("/SubmitForm"), F=TextStringObject("x")), id="submit"),
    ],
)
def test_a_pdf_that_runs_something_or_holds_a_file_is_refused_with_a_way_out(data):
    assert code_of(data) == "active_pdf"
    with pytest.raises(DocumentError, match="active") as caught:
        check_upload("a.pdf", data)
    assert "Imprimez-le en PDF" in caught.value.message


def test_a_locked_pdf_is_refused_kindly_and_one_that_opens_by_itself_is_taken():
    locked, restricted = on_one_page(), on_one_page()
    locked.encrypt("secret", algorithm="AES-256")
    restricted.encrypt("", owner_password="owner", algorithm="AES-256")
    assert code_of(written(locked)) == "locked_pdf"
    kept = PdfReader(BytesIO(check_upload("a.pdf", written(restricted)).data))
    assert not kept.is_encrypted and "Quittance" in kept.pages[0].extract_text()


def test_a_pdf_keeps_its_pages_and_forgets_who_made_it():
    writer = PdfWriter(clone_from=BytesIO(pdf("Le loyer de mai")))
    writer.add_metadata({"/Title": "Quartzmarker", "/Producer": "Quartzmarker"})
    writer.xmp_metadata = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>Quartzmarker</x:xmpmeta>"
    sheet = BytesIO()
    canvas = Canvas(sheet, pagesize=(300, 200))
    canvas.drawInlineImage(Image.new("RGB", (8, 8)), 0, 0)
    canvas.save()
    sent = written(writer)
    assert AUTHOR.encode() in sent
    kept = check_upload("a.pdf", sent).data
    reader = PdfReader(BytesIO(kept))
    assert "Le loyer de mai" in reader.pages[0].extract_text() and len(reader.pages) == 1
    assert AUTHOR.encode() not in kept and reader.metadata in (None, {}) and reader.xmp_metadata is None


def test_an_earlier_state_of_a_pdf_is_not_kept():
    """What was erased before sending stays in the file of an editor that only adds to it."""
    writer = PdfWriter(BytesIO(PDF), incremental=True)
    secret = DecodedStreamObject()
    secret.set_data(MARKER)
    writer._add_object(secret)
    sent = written(writer)
    assert MARKER in sent and MARKER not in check_upload("a.pdf", sent).data


def test_a_photo_inside_a_pdf_loses_its_metadata_and_not_a_point():
    photo = with_metadata("JPEG")
    assert MARKER in photo
    bare = without_metadata(photo)
    assert MARKER not in bare and opened(bare).tobytes() == opened(photo).tobytes()
    writer = on_one_page()
    image = DecodedStreamObject()
    image.update(
        named(Type=NameObject("/XObject"), Subtype=NameObject("/Image"), Filter=NameObject("/DCTDecode"))
    )
    image._data = photo
    resources_of(writer.pages[0])[NameObject("/XObject")] = named(Photo=writer._add_object(image))
    sent = written(writer)
    kept = check_upload("a.pdf", sent).data
    assert MARKER in sent and MARKER not in kept and bare in kept


def test_a_pdf_of_more_than_a_hundred_pages_is_refused():
    writer = PdfWriter()
    for _page in range(101):
        writer.add_blank_page(100, 100)
    assert code_of(written(writer)) == "long_pdf"


WORDS = "Copie réservée à la cagnotte — U-2020-0052 — 15/05/2020"


@pytest.mark.parametrize("shade", ["white", "black"])
@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_an_identity_picture_bears_what_it_may_be_used_for(shade, form):
    upload = check_upload("id", saved(Image.new("RGB", (1200, 800), shade), form))
    kept = marked(upload, WORDS)
    light = opened(kept.data).convert("L")
    plain = 255 if shade == "white" else 0
    for corner in ((0, 0, 600, 400), (600, 0, 1200, 400), (0, 400, 600, 800), (600, 400, 1200, 800)):
        touched = sum(abs(value - plain) > 40 for value in light.crop(corner).tobytes())
        assert 0.01 < touched / (600 * 400) < 0.3
    assert kept.sent_sha256 == upload.sent_sha256 and kept.sha256 != upload.sha256


def test_each_page_of_an_identity_pdf_bears_it_whatever_its_size_and_drawing():
    sent = BytesIO()
    sheet = Canvas(sent, pagesize=(300, 200))
    sheet.drawString(20, 100, "Recto")
    sheet.showPage()
    sheet.setPageSize((500, 700))
    sheet.scale(0.1, 0.1)  # left as it is at the end of the page
    sheet.drawString(20, 100, "Verso")
    sheet.save()
    kept = marked(check_upload("id.pdf", sent.getvalue()), WORDS)
    pages = PdfReader(BytesIO(kept.data)).pages
    for page, word in zip(pages, ("Recto", "Verso"), strict=True):
        text = page.extract_text()
        assert word in text and WORDS in text
    marks = [resources_of(page)["/XObject"]["/FundMark"] for page in pages]  # type: ignore[index]
    sizes = [[float(side) for side in mark["/BBox"]] for mark in marks]
    assert sizes == [[0, 0, 300, 200], [0, 0, 500, 700]]
