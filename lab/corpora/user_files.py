"""User files: text files found below a path and decoded strictly as UTF-8."""

from __future__ import annotations

import re
from pathlib import Path

FORBIDDEN_BYTES = re.compile(rb"[\x00\x02-\x04]")


def find_user_files(path: str | Path, suffixes: tuple[str, ...]) -> list[Path]:
    """Return the file `path`, or a folder's files with these suffixes, at any depth, sorted.

    Hidden files are left out. Raises FileNotFoundError for a path that is not there, ValueError for
    a folder without such files.
    """
    root = Path(path).expanduser()
    if not root.exists():
        raise FileNotFoundError(f"{root} does not exist")
    if root.is_file():
        return [root]
    files = sorted(
        file
        for file in root.rglob("*")
        if file.suffix.lower() in suffixes
        and file.is_file()
        and not any(part.startswith(".") for part in file.relative_to(root).parts)
    )
    if not files:
        raise ValueError(f"{root} holds no {' or '.join(suffixes)} files")
    return files


def read_user_text(path: Path) -> str:
    r"""Return a file's text: UTF-8 with or without a byte order mark, line ends as \n.

    Raises ValueError with file and byte offset for bytes that are no UTF-8, for NUL and for
    the framing characters \x02, \x03, \x04.
    """
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        byte, at = raw[error.start], error.start
        raise ValueError(f"{path} is not UTF-8: byte 0x{byte:02x} at offset {at:,}") from None
    if match := FORBIDDEN_BYTES.search(raw):
        byte, at = raw[match.start()], match.start()
        raise ValueError(f"{path} holds the control character 0x{byte:02x} at offset {at:,}")
    if not text.strip():
        raise ValueError(f"{path} is empty")
    return text.replace("\r\n", "\n").replace("\r", "\n")
