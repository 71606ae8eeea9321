"""The deck for Anki, imported by Anki itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

pytest.importorskip("genanki")
anki_collection = pytest.importorskip("anki.collection")

from examwright.cli import main  # noqa: E402
from examwright.generator import wording  # noqa: E402
from examwright.generator.index import question_paths  # noqa: E402
from examwright.practice import tasks  # noqa: E402


def export(*arguments: str, code: int = 0) -> str:
    run = CliRunner().invoke(main, ["export", "anki", *arguments])
    assert run.exit_code == code, run.output
    return str(run.output)


def imported(path: Path, collection: Any) -> Any:
    request = anki_collection.ImportAnkiPackageRequest(package_path=str(path))
    return collection.import_anki_package(request)


def test_anki_imports_the_deck(tmp_path: Path) -> None:
    deck = tmp_path / "cnn.apkg"
    cards = 3 * len([q for q in question_paths() if q.startswith("cnn/")])
    assert f"{cards} cards" in export("-o", str(deck), "--topic", "cnn", "--count", "3", "--seed", "a")
    collection = anki_collection.Collection(str(tmp_path / "collection.anki2"))
    try:
        log = imported(deck, collection).log
        assert len(log.new) == cards and not log.conflicting and not log.missing_notetype
        assert "Examwright::CNN" in [d.name for d in collection.decks.all_names_and_ids()]
        (id,) = collection.find_notes('Variant:"cnn/pooling/a-0"')
        note = collection.get_note(id)
        variant = tasks.variant("cnn/pooling", "a-0")
        assert note["Title"] == "Pooling" and "<svg" in note["Question"] and "<math" in note["Question"]
        key = wording.kind_of(variant, variant.question.part("volume")).latex(variant.values["volume"])
        assert key in note["Answer"] and key not in note["Question"]
        card = note.cards()[0]
        assert "Pooling" in card.question() and "Max" not in card.question().replace("max", "") and "largest number" in card.answer()
        again = imported(deck, collection).log  # nothing is doubled
        assert not again.new and collection.note_count() == cards
    finally:
        collection.close()


def test_fresh_decks_have_fresh_variants_and_bad_options_are_told(tmp_path: Path) -> None:
    from examwright.anki import sides

    assert sides(tasks.variant("cnn/pooling", "x")) != sides(tasks.variant("cnn/pooling", "y"))
    assert "must end in .apkg" in export("-o", str(tmp_path / "x.zip"), code=2)
    assert "cnn" in export("-o", str(tmp_path / "x.apkg"), "--topic", "cn", code=2)
    assert "a seed has" in export("-o", str(tmp_path / "x.apkg"), "--seed", "a b", code=2)
