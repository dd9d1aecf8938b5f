"""What a PDF says beside what its pages draw, and that none of it is kept. No database: bytes in, bytes out."""

from io import BytesIO

from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

from aid_requests.documents import check_upload
from tests.papers import pdf

MARKER = "Quartzmarker"
TOLD = TextStringObject(MARKER)
URI = TextStringObject(f"https://bank.example/?name={MARKER}")


def named(**pairs) -> DictionaryObject:
    return DictionaryObject({NameObject(f"/{name}"): value for name, value in pairs.items()})


def array(*values) -> ArrayObject:
    return ArrayObject(values)


def written(writer: PdfWriter) -> bytes:
    buffer = BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def drawing(writer: PdfWriter, box: ArrayObject) -> IndirectObject:
    look = DecodedStreamObject()
    look.set_data(b"BT /F1 12 Tf (Drawn) Tj ET")
    resources = writer.pages[0]["/Resources"]
    kind = {"Type": NameObject("/XObject"), "Subtype": NameObject("/Form")}
    look.update(named(**kind, BBox=box, Resources=resources))
    return writer._add_object(look)


def annotated(writer: PdfWriter) -> DictionaryObject:
    """Puts a link, a filled field, a note over the page, a closed note and a hidden one on it; the field."""
    box = array(*(NumberObject(number) for number in (0, 0, 100, 20)))
    drawn = drawing(writer, box)
    action = writer._add_object(named(S=NameObject("/URI"), URI=URI))
    kinds = {name: {"Subtype": NameObject(f"/{name}"), "Rect": box, "Contents": TOLD} for name in (
        "Link", "Widget", "FreeText", "Text", "Stamp",
    )}  # fmt: skip
    field = named(
        **kinds["Widget"], FT=NameObject("/Tx"), T=TOLD, V=TOLD, TU=TOLD, DV=TOLD,
        AS=NameObject("/On"), AP=named(N=named(On=drawn)),
    )  # fmt: skip
    notes = [
        named(**kinds["Link"], A=action, NM=TOLD),
        field,
        named(**kinds["FreeText"], RC=TOLD, Subj=TOLD, AP=named(N=drawn)),
        named(**kinds["Text"], Popup=named(Contents=TOLD)),
        named(**kinds["Stamp"], F=NumberObject(2), AP=named(N=drawn)),
    ]
    on_page = writer._add_object(array(*(writer._add_object(note) for note in notes)))
    writer.pages[0][NameObject("/Annots")] = on_page
    return field


def full_of_names() -> bytes:
    """A page with all that carries words beside its drawing, each with the marker."""
    writer = PdfWriter(clone_from=BytesIO(pdf()))
    page, field = writer.pages[0], annotated(writer)
    layer = writer._add_object(named(Type=NameObject("/OCG"), Name=TOLD, Usage=named(CreatorInfo=TOLD)))
    shown = named(ON=array(layer), Name=TOLD, Creator=TOLD, Order=array(TOLD, layer))
    page.update(named(Custom=TOLD, StructParents=NumberObject(0), ID=TOLD, Metadata=TOLD))
    here = array(page.indirect_reference)
    writer.root_object.update(
        named(
            OCProperties=named(OCGs=array(layer), D=shown, Configs=array(named(Name=TOLD))),
            AcroForm=named(Fields=array(field)),
            Names=named(Dests=named(Names=array(TOLD, here))),
            Dests=named(**{MARKER: here}),
            PageLabels=named(Nums=array(NumberObject(0), named(P=TOLD))),
            StructTreeRoot=named(K=named(Alt=TOLD, ActualText=TOLD)),
            Lang=TOLD,
            URI=named(Base=URI),
        )
    )
    writer.add_outline_item(title=MARKER, page_number=0)
    writer.xmp_metadata = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{MARKER}</x:xmpmeta>".encode()
    return written(writer)


def everything_in(data: bytes) -> str:
    """Every object of a PDF as text, whatever packs it."""
    reader = PdfReader(BytesIO(data))
    numbers = {number for table in reader.xref.values() for number in table} | set(reader.xref_objStm)
    found = [IndirectObject(number, 0, reader).get_object() for number in sorted(numbers) if number]
    streams = [one.get_data() for one in found if isinstance(one, StreamObject)]
    return repr(found) + repr(streams) + repr(reader.trailer)


def test_nothing_beside_the_drawing_of_a_page_is_kept():
    sent = full_of_names()
    kept = check_upload("a.pdf", sent).data
    assert everything_in(sent).count(MARKER) > 20 and MARKER not in everything_in(kept)
    reader = PdfReader(BytesIO(kept))
    assert reader.root_object.keys() == {"/Type", "/Pages", "/OCProperties"}
    assert "Quittance" in reader.pages[0].extract_text()
    layers = reader.root_object["/OCProperties"]
    assert isinstance(layers, DictionaryObject) and "/ON" in repr(layers["/D"])


def test_what_was_filled_in_and_written_over_the_page_is_still_drawn():
    reader = PdfReader(BytesIO(check_upload("a.pdf", full_of_names()).data))
    notes = [note.get_object() for note in reader.pages[0].annotations or []]
    assert [note["/Subtype"] for note in notes] == ["/Stamp", "/Stamp"]
    assert all(b"Drawn" in note["/AP"]["/N"].get_data() for note in notes)
    assert all(note.keys() == {"/Type", "/Subtype", "/Rect", "/F", "/AP"} for note in notes)


def test_a_link_that_holds_a_name_is_dropped():
    writer = PdfWriter(clone_from=BytesIO(pdf()))
    link = named(Subtype=NameObject("/Link"), A=writer._add_object(named(S=NameObject("/URI"), URI=URI)))
    writer.pages[0][NameObject("/Annots")] = array(writer._add_object(link))
    sent = written(writer)
    kept = check_upload("a.pdf", sent).data
    assert MARKER.encode() in sent and MARKER.encode() not in kept and b"/URI" not in kept
    assert "/Annots" not in PdfReader(BytesIO(kept)).pages[0]


def test_annotations_that_are_none_are_no_error():
    writer = PdfWriter(clone_from=BytesIO(pdf()))
    broken = named(Subtype=NameObject("/Stamp"), AP=named(N=named(On=NumberObject(1))))
    writer.pages[0][NameObject("/Annots")] = array(NumberObject(3), named(), broken)
    kept = check_upload("a.pdf", written(writer)).data
    assert "/Annots" not in PdfReader(BytesIO(kept)).pages[0]
