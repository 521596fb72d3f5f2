from __future__ import annotations

import codecs
import locale
import os
import random
import socket
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.chat.attachments import MOST_BYTES, decode, read_attachment
from chatapp.domain.conversation import Attachment
from chatapp.errors import (
    AttachmentElsewhere,
    AttachmentEmpty,
    AttachmentIsFolder,
    AttachmentNotText,
    AttachmentTooLarge,
    AttachmentUnreadable,
    ChatappError,
    InputError,
)

GERMAN = "Die Übergröße der Fußgängerbrücke überrascht: schöne Grüße aus Köln, für Ärger.\n"
FRENCH = "Où est la bibliothèque ? Elle a été fermée cet été, à côté du café français.\n"
CHINESE = "我在学习中文，今天天气很好，我们一起去公园散步吧。这是一个测试文件。\n"
JAPANESE = "これは日本語のテストです。今日は天気がいいから、散歩しましょう。カタカナも。\n"
KOREAN = "이것은 한국어 시험 문서입니다. 오늘은 날씨가 좋으니 산책합시다.\n"
POLISH = "Zażółć gęślą jaźń, a potem pójdźmy do sklepu, żeby kupić świeży chleb i mąkę.\n"
GREEK = "Αυτό είναι ένα δοκιμαστικό κείμενο στα ελληνικά, με μερικές λέξεις ακόμη.\n"
RUSSIAN = "Это проверка русского текста. Сегодня хорошая погода, пойдём гулять в парк.\n"


def write(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def refused(path: Path | str) -> ChatappError:
    with pytest.raises(InputError) as caught:
        read_attachment(path)
    return caught.value


def test_text_file_with_its_name_type_and_size(tmp_path: Path) -> None:
    path = write(tmp_path, "größe.py", b"print('\xc3\xa9')\r\nx\ry\n")
    assert read_attachment(path) == Attachment(
        "größe.py", "text/x-python", 17, "print('é')\nx\ny\n"
    )
    assert read_attachment(str(path)) == read_attachment(path)


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a.txt", "text/plain"),
        ("a", "text/plain"),
        ("a.ts", "text/plain"),
        ("a.json", "application/json"),
        ("a.csv", "text/csv"),
        ("a.png", "text/plain"),
    ],
)
def test_type_is_that_of_a_text(tmp_path: Path, name: str, media_type: str) -> None:
    assert read_attachment(write(tmp_path, name, b"1")).media_type == media_type


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
@pytest.mark.parametrize("text", [GERMAN, CHINESE, "a", "😀"])
def test_mark_at_the_beginning_tells_the_encoding(text: str, mark: bytes, encoding: str) -> None:
    assert decode(mark + text.encode(encoding)) == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark(encoding: str) -> None:
    assert decode((GERMAN * 3).encode(encoding)) == GERMAN * 3


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (GERMAN, "cp1252"),
        (FRENCH, "latin-1"),
        (CHINESE, "gb18030"),
        (CHINESE.replace("学习", "學習"), "big5"),
        (JAPANESE, "cp932"),
        (JAPANESE, "euc_jp"),
        (KOREAN, "cp949"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8_r"),
        (POLISH, "cp1250"),
        (GREEK, "cp1253"),
        (KOREAN[:20], "cp949"),
    ],
)
def test_older_encodings_are_recognised(text: str, encoding: str) -> None:
    data = (text * 5).encode(encoding, errors="ignore")
    assert decode(data) == data.decode(encoding)


@pytest.mark.parametrize(
    "text", ["你好", "测试", "# 注释\nprint('你好')\n", "名称,价格\n苹果,3\n香蕉,5\n"]
)
def test_little_chinese_is_recognised(text: str) -> None:
    assert decode(text.encode("gb18030")) == text


@pytest.mark.parametrize(
    "text", ["it’s", "“quoted” – dash", "Köln", "café", "año", "naïve café für", "Preis: 5 £", "Å"]
)
def test_few_letters_are_taken_for_what_most_people_write(text: str) -> None:
    assert decode(text.encode("cp1252")) == text


def test_few_letters_are_read_as_this_computer_writes_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(locale, "getencoding", lambda: "CP1250")
    assert decode("Łódź".encode("cp1250")) == "Łódź"
    monkeypatch.setattr(locale, "getencoding", lambda: "cp936")
    assert decode("Köln".encode("cp1252")) == "Köln"


def test_what_tells_the_encoding_may_come_late(tmp_path: Path) -> None:
    text = "plain words\n" * 10_000 + CHINESE
    assert read_attachment(write(tmp_path, "a.log", text.encode("gb18030"))).text == text


def test_damaged_place_leaves_the_rest_readable() -> None:
    cut = (CHINESE * 3).encode()[:-2]
    assert decode(cut) == CHINESE * 2 + CHINESE[:-2] + "\ufffd"
    late = CHINESE.encode() * 2000 + b"\xff\n"
    assert decode(late) == CHINESE * 2000 + "\ufffd\n"
    chinese = CHINESE.encode("gb18030") * 2000 + b"\xff\n"
    assert decode(chinese) == CHINESE * 2000 + "\ufffd\n"


def test_large_file_in_an_older_encoding(tmp_path: Path) -> None:
    path = write(tmp_path, "a.txt", CHINESE.encode("gb18030") * 20_000)
    assert read_attachment(path).text == CHINESE * 20_000


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1))
def test_utf_8_is_never_mistaken(text: str) -> None:
    if not text.startswith("\ufeff") and not text.startswith("%PDF-"):
        expected = text.replace("\r\n", "\n").replace("\r", "\n")
        assert decode(text.encode()) == expected


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_not(data: bytes) -> None:
    text = decode(data)
    assert text is None or "\0" not in text
    assert text is None or "\r" not in text


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n",
        b"PK\x03\x04abc",
        b"GGUF\x03\0\0\0",
        b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\0>\0",
        b"text\0with a NUL",
        b"\xef\xbb\xbftext\0with a NUL",
        b"\xff\xfe" + "a\0b".encode("utf-16-le"),
        b"\xff\xfe\x00\xd8",
        bytes(1000),
        b"\x01\x02\x03\x04\x05" * 100,
        zlib.compress(GERMAN.encode() * 50 + bytes(range(256))),
        random.Random(1).randbytes(5000),
    ],
)
def test_what_is_no_text(tmp_path: Path, data: bytes) -> None:
    error = refused(write(tmp_path, "thing.txt", data))
    assert isinstance(error, AttachmentNotText)
    assert error.name == "thing.txt"


def test_colours_of_a_terminal_are_text() -> None:
    text = "\x1b[31mred\x1b[0m\tand\x0cso on\x1a"
    assert decode(text.encode()) == text


@pytest.mark.parametrize("data", [b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE])
def test_empty_file(tmp_path: Path, data: bytes) -> None:
    assert isinstance(refused(write(tmp_path, "a.txt", data)), AttachmentEmpty)


def test_size_limit(tmp_path: Path) -> None:
    assert len(read_attachment(write(tmp_path, "a.txt", b"x" * MOST_BYTES)).text) == MOST_BYTES
    error = refused(write(tmp_path, "b.txt", b"x" * (MOST_BYTES + 1)))
    assert isinstance(error, AttachmentTooLarge)
    assert (error.name, error.size, error.most) == ("b.txt", MOST_BYTES + 1, MOST_BYTES)


def test_huge_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.txt"
    with path.open("wb") as file:
        file.truncate(2**42)
    assert isinstance(refused(path), AttachmentTooLarge)


def test_endless_file_is_not_read() -> None:
    assert isinstance(refused("/dev/zero"), AttachmentUnreadable)


def test_file_that_hides_its_size() -> None:
    assert "Name:" in read_attachment("/proc/self/status").text


def test_folder(tmp_path: Path) -> None:
    error = refused(tmp_path)
    assert isinstance(error, AttachmentIsFolder)
    assert error.name == tmp_path.name


def test_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert isinstance(refused(tmp_path / "pipe"), AttachmentUnreadable)


def test_socket(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "s"))
        assert isinstance(refused(tmp_path / "s"), AttachmentUnreadable)


@pytest.mark.parametrize("name", ["missing.txt", "missing/a.txt", "a\0b", "x" * 300])
def test_what_can_not_be_opened(tmp_path: Path, name: str) -> None:
    assert isinstance(refused(tmp_path / name), AttachmentUnreadable)


def test_link_that_leads_to_itself(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    assert isinstance(refused(tmp_path / "loop"), AttachmentUnreadable)


def test_link_to_a_file(tmp_path: Path) -> None:
    target = write(tmp_path, "target.txt", b"text")
    (tmp_path / "link.md").symlink_to(target.name)
    assert read_attachment(tmp_path / "link.md").name == "link.md"


@pytest.mark.parametrize(
    "path",
    [
        r"\\server\share\a.txt",
        "//server/share/a.txt",
        r"\\?\UNC\server\share\a.txt",
        r"\\.\pipe\a",
    ],
)
def test_nothing_is_read_from_another_computer(tmp_path: Path, path: str) -> None:
    assert isinstance(refused(path), AttachmentElsewhere)
    # A link there is followed no further, even if the system would know the way.
    (tmp_path / "link.txt").symlink_to(path)
    assert isinstance(refused(tmp_path / "link.txt"), AttachmentElsewhere | AttachmentUnreadable)


def test_name_that_is_no_utf_8(tmp_path: Path) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/a\xff.txt")
    Path(path).write_bytes(b"text")
    assert read_attachment(path).name == "a\ufffd.txt"
