"""What cannot be read is refused by file and byte offset."""

from pathlib import Path

import pytest

from lab.corpora.user_files import find_user_files, read_user_text


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        (b"caf\xe9 and more", r"is not UTF-8: byte 0xe9 at offset 3$"),
        ("snow ☃ ".encode()[:-2], r"is not UTF-8: byte 0xe2 at offset 5$"),
        ("cat".encode("utf-16"), r"is not UTF-8: byte 0xff at offset 0$"),
        ("é\0".encode(), r"holds the control character 0x00 at offset 2$"),
        (b"\xef\xbb\xbf\x02Cat", r"holds the control character 0x02 at offset 3$"),
        (b"Cat\x03=^.^=\x04", r"holds the control character 0x03 at offset 3$"),
        (b"=^.^=\x04", r"holds the control character 0x04 at offset 5$"),
        (b"", r"is empty$"),
        (b"\xef\xbb\xbf \r\n", r"is empty$"),
    ],
)
def test_refused(tmp_path: Path, raw: bytes, complaint: str) -> None:
    file = tmp_path / "bad.txt"
    file.write_bytes(raw)
    with pytest.raises(ValueError, match=rf"bad\.txt {complaint}"):
        read_user_text(file)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"a\r\nb\rc\n", "a\nb\nc\n"),
        (b"\xef\xbb\xbfcat", "cat"),
        (b"a\x1b[2J\x07\t", "a\x1b[2J\x07\t"),
        ("é☃𝄞".encode(), "é☃𝄞"),
    ],
)
def test_read(tmp_path: Path, raw: bytes, text: str) -> None:
    (tmp_path / "good.txt").write_bytes(raw)
    assert read_user_text(tmp_path / "good.txt") == text


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
