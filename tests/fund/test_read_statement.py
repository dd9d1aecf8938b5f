"""`read_statement --import` tells who cannot import, to a person and to a machine."""

import json

import pytest
from django.core.management import call_command


@pytest.mark.parametrize(
    "by", [[], ["--by", ""], ["--by", " "], ["--by", "nobody@x.example"], ["--by", "\udcff@x.example"]]
)
def test_an_import_without_somebody_who_is_here_is_told_and_exits_with_one(db, tmp_path, capsys, by):
    path = tmp_path / "statement.xml"
    path.write_bytes(b"<Document/>")
    with pytest.raises(SystemExit) as stopped:
        call_command("read_statement", str(path), "--import", *by, "--json")
    told = capsys.readouterr()
    assert (stopped.value.code, told.err) == (1, "")
    sentence = json.loads(told.out)["error"]
    assert "--by" in sentence or "adresse" in sentence
    assert "x.example" not in sentence

    with pytest.raises(SystemExit) as stopped:
        call_command("read_statement", str(path), "--import", *by)
    told = capsys.readouterr()
    assert (stopped.value.code, told.out, told.err.strip()) == (1, "", sentence)
