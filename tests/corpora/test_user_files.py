"""What cannot be read is refused by file and byte offset; in a folder it is left out and told."""

from pathlib import Path

import pytest

from lab.corpora.user_files import decode_user_text, find_user_files, read_user_files


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        (b"caf\xe9 and more", r"is not UTF-8: byte 0xe9 at offset 3"),
        ("snow ☃ ".encode()[:-2], r"is not UTF-8: byte 0xe2 at offset 5"),
        ("cat".encode("utf-16"), r"is not UTF-8: byte 0xff at offset 0"),
        ("é\0".encode(), r"holds the control character 0x00 at offset 2"),
        (b"\xef\xbb\xbf\x02Cat", r"holds the control character 0x02 at offset 3"),
        (b"Cat\x03=^.^=\x04", r"holds the control character 0x03 at offset 3"),
        (b"=^.^=\x04", r"holds the control character 0x04 at offset 5"),
        (b"", r"is empty"),
        (b"\xef\xbb\xbf \r\n", r"is empty"),
    ],
)
def test_refused(tmp_path: Path, raw: bytes, complaint: str) -> None:
    file = tmp_path / "bad.txt"
    file.write_bytes(raw)
    with pytest.raises(ValueError, match=rf"bad\.txt {complaint}( \(corpus.encoding=.*\))?$"):
        read_user_files(file, (".txt",))


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"a\r\nb\rc\n", "a\nb\nc\n"),
        (b"\xef\xbb\xbfcat", "cat"),
        (b"a\x1b[2J\x07\t", "a\x1b[2J\x07\t"),
        ("é☃𝄞".encode(), "é☃𝄞"),
    ],
)
def test_read(raw: bytes, text: str) -> None:
    assert decode_user_text(raw) == text


def test_one_bad_file_refuses_no_folder(tmp_path: Path) -> None:
    for name, raw in (("a.txt", b"caf\xe9"), ("b/c.txt", b"cat"), ("d.txt", b""), ("e.txt", b"\0")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(raw)
    files = read_user_files(tmp_path, (".txt",))
    assert files.texts == ((tmp_path / "b/c.txt", "cat"),)
    assert files.skipped == {
        "a.txt": "is not UTF-8: byte 0xe9 at offset 3",
        "d.txt": "is empty",
        "e.txt": "holds the control character 0x00 at offset 0",
    }
    assert files.provenance == {"source": ["c.txt"], "skipped": files.skipped}
    assert "skipped" not in read_user_files(tmp_path / "b", (".txt",)).provenance
    auto = read_user_files(tmp_path, (".txt",), "auto")
    assert [text for _, text in auto.texts] == ["café", "cat"]


def test_a_folder_in_which_nothing_can_be_read_is_refused(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_bytes(b"\xff")
    with pytest.raises(ValueError, match=r"a\.txt is not UTF-8.*, nor is any other .*encoding=lat"):
        read_user_files(tmp_path, (".txt",))
    with pytest.raises(ValueError, match=r"corpus.encoding is one of utf-8, .*, not 'ebcdic'$"):
        read_user_files(tmp_path, (".txt",), "ebcdic")


def test_a_folder_gives_its_files_in_order_without_hidden_ones(tmp_path: Path) -> None:
    for name in ("b.txt", "a/c.TXT", ".hidden.txt", ".git/d.txt", "e.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    assert find_user_files(tmp_path, (".txt",)) == [tmp_path / "a/c.TXT", tmp_path / "b.txt"]


def test_a_file_is_taken_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / "novel").write_text("x")
    assert find_user_files(str(tmp_path / "novel"), (".txt",)) == [tmp_path / "novel"]


def test_nothing_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"nowhere does not exist$"):
        find_user_files(tmp_path / "nowhere", (".txt",))
    with pytest.raises(ValueError, match=r"holds no \.txt or \.jsonl files$"):
        find_user_files(tmp_path, (".txt", ".jsonl"))
