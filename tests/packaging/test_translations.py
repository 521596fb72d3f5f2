"""What keeps the translations complete: on this repository, and on mistakes made up for it."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from xml.sax.saxutils import escape

import pytest

PACKAGING = Path(__file__).parent.parent.parent / "packaging"
CHINESE = PACKAGING.parent / "resources" / "i18n" / "chatapp_zh_CN.ts"


@pytest.fixture
def translations(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(str(PACKAGING))
    yield importlib.import_module("translations")
    sys.modules.pop("translations", None)


def write(path: Path, source: str, translation: str, attributes: str = "") -> Path:
    """A .ts file with one message."""
    path.write_text(
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n<TS version="2.1" language="zh_CN">'
        f"<context><name>Sea</name><message{attributes}><source>{escape(source)}</source>"
        f"{translation}</message></context></TS>\n",
        "utf-8",
    )
    return path


def findings_for(
    translations: ModuleType, folder: Path, source: str, translation: str, attributes: str = ""
) -> list[str]:
    words = write(folder / "words.ts", source, '<translation type="unfinished"/>', attributes)
    ts = write(folder / "made_up.ts", source, translation, attributes)
    return list(translations.findings(ts, words))


def test_the_repository_is_translated(
    translations: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    code = translations.main(["check"])
    assert capsys.readouterr().out == ""
    assert code == 0


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("A ship", "一艘船"),
        ("{count} of {total} ships", "共 {total} 艘，第 {count} 艘"),
        ("Ships:", "船："),
        ("Ships…", "船…"),
        ("Ships...", "船…"),
        ("&Ships & boats", "船与艇(&S)"),
        ("<b>Ships</b>", "<b>船</b>"),
        ("Ship %1, %L2", "%L2，船 %1"),
    ],
)
def test_a_good_translation(
    translations: ModuleType, tmp_path: Path, source: str, text: str
) -> None:
    translation = f"<translation>{escape(text)}</translation>"
    assert findings_for(translations, tmp_path, source, translation) == []


@pytest.mark.parametrize(
    ("source", "text", "finding"),
    [
        ("A ship", "", "not translated"),
        ("A ship", " ", "not translated"),
        ("{count} ships", "船", "has nothing for {count}"),
        ("{count} ships", "{number} 艘船", "has {number} for {count}"),
        ("{a} and {a}", "{a}", "has {a} for {a} {a}"),
        ("Ships", "{count} 艘船", "has {count} for nothing"),
        ("Ship %1", "船", "has nothing for %1"),
        ("&Ships", "船", "has nothing for &"),
        ("<b>Ships</b>", "<b>船<b>", "has <b> <b> for </b> <b>"),
        ("Ships:", "船", "ends in nothing for :"),
        ("Ships", "船：", "ends in : for nothing"),
        ("Ships…", "船。", "ends in nothing for …"),
        ("Ships:", "船…", "ends in … for :"),
    ],
)
def test_a_mistake_is_one_line(
    translations: ModuleType, tmp_path: Path, source: str, text: str, finding: str
) -> None:
    translation = f"<translation>{escape(text)}</translation>"
    (line,) = findings_for(translations, tmp_path, source, translation)
    assert line == f"made_up.ts: Sea: {source!r}: {finding}"


@pytest.mark.parametrize("translation", ["", '<translation type="unfinished">船</translation>'])
def test_what_is_unfinished_is_found(
    translations: ModuleType, tmp_path: Path, translation: str
) -> None:
    (line,) = findings_for(translations, tmp_path, "A ship", translation)
    assert line.endswith("not translated")


def test_every_plural_form_counts(translations: ModuleType, tmp_path: Path) -> None:
    def check(*forms: str) -> list[str]:
        inside = "".join(f"<numerusform>{form}</numerusform>" for form in forms)
        translation = f"<translation>{inside}</translation>"
        return findings_for(
            translations, tmp_path, "%n ship(s)", translation, attributes=' numerus="yes"'
        )

    assert check("%n 艘船") == []
    assert check("%n Schiff", "%n Schiffe") == []
    assert len(check("")) == 1
    assert len(check("%n Schiff", "")) == 1
    assert len(check("%n Schiff", "Schiffe")) == 1


@pytest.mark.parametrize("kind", ["vanished", "obsolete"])
def test_what_is_not_there_is_found(translations: ModuleType, tmp_path: Path, kind: str) -> None:
    words = write(tmp_path / "words.ts", "A ship", '<translation type="unfinished"/>')
    other = write(tmp_path / "other.ts", "A boat", "<translation>艇</translation>")
    (line,) = translations.findings(other, words)
    assert line == "other.ts: Sea: 'A ship': not there: run update"
    gone = f'<translation type="{kind}">船</translation>'
    assert len(list(translations.findings(write(other, "A ship", gone), words))) == 1


def test_new_words_are_collected_and_compiled(
    translations: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "chatapp").mkdir()
    (tmp_path / "chatapp" / "sea.py").write_text("class Sea:\n    def f(self): self.tr('A ship')\n")
    monkeypatch.setattr(translations, "ROOT", tmp_path)
    monkeypatch.setattr(translations, "FOLDER", tmp_path)
    ts = write(tmp_path / "chatapp_zh_CN.ts", "A boat", "<translation>艇</translation>")
    assert translations.main(["check"]) == 1
    assert translations.main(["update"]) == 0
    assert [message.key for message in translations.read(ts)] == [("Sea", "A ship", "")]

    assert not translations.all_compiled()
    assert translations.main(["compile"]) == 0
    assert translations.all_compiled()
    made = ts.with_suffix(".qm").stat()
    assert translations.main(["compile"]) == 0
    assert ts.with_suffix(".qm").stat() == made
    assert sorted(path.name for path in tmp_path.glob("*.qm")) == ["chatapp_zh_CN.qm"]


def test_a_broken_file_is_one_sentence(
    translations: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(translations, "FOLDER", tmp_path)
    (tmp_path / "chatapp_zh_CN.ts").write_text("no XML")
    for command in ("compile", "update", "check"):
        assert translations.main([command]) == 1
        assert "chatapp_zh_CN.ts" in capsys.readouterr().err
    assert list(tmp_path.glob("*.qm")) == []
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert translations.main(["compile"]) == 1
    assert "install PySide6" in capsys.readouterr().err


def test_wrong_usage(translations: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert translations.main([]) == 2
    assert capsys.readouterr().err.startswith("Usage: ")


def test_chinese_is_set_as_chinese(translations: ModuleType) -> None:
    han = "[\\u4e00-\\u9fff]"
    wrong = re.compile(
        f"您|吧|哦|{han}[A-Za-z0-9{{]|[A-Za-z0-9}}%]{han}"  # no space beside Latin letters
        f"|{han}[,.:;?!]|[,;?!]{han}|[，。：；？！“”] | [，。：；？！]|\\.\\.\\.|[\"']"
    )
    texts = [text for message in translations.read(CHINESE) for text in message.translations]
    assert len(texts) > 200
    assert [text for text in texts if wrong.search(text)] == []
