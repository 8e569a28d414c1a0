"""User files: text files found below a path, decoded, and those that cannot be, with the reason."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from lab.corpora.text_encodings import check_encoding, decode_text

FORBIDDEN_CHARACTERS = re.compile(r"[\x00\x02-\x04]")
ENCODING_HINT = "corpus.encoding=latin-1, cp437 or utf-16, or auto to guess"


@dataclass(frozen=True)
class UserFiles:
    """Files with their texts, and for each file that was left out, by its place, the reason."""

    texts: tuple[tuple[Path, str], ...]
    skipped: dict[str, str]

    @property
    def provenance(self) -> dict[str, object]:
        """The names of the files read, and the files left out where there are any."""
        record: dict[str, object] = {"source": [file.name for file, _ in self.texts]}
        return record | ({"skipped": self.skipped} if self.skipped else {})


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


def read_user_files(
    path: str | Path, suffixes: tuple[str, ...], encoding: str = "utf-8"
) -> UserFiles:
    """Return the texts of a file, or of a folder's files, those that cannot be decoded left out.

    Raises what `find_user_files` does, and ValueError for a single file that cannot be decoded, or
    a folder in which none can.
    """
    check_encoding(encoding)
    root, texts, skipped = Path(path).expanduser(), list[tuple[Path, str]](), dict[str, str]()
    for file in find_user_files(path, suffixes):
        try:
            texts.append((file, decode_user_text(file.read_bytes(), encoding)))
        except OSError as error:
            skipped[str(file.relative_to(root))] = f"cannot be read: {error.strerror}"
        except ValueError as error:
            skipped[str(file.relative_to(root))] = str(error)
    if not texts:
        name, reason = next(iter(skipped.items()))
        place = root if root.is_file() else root / name
        more = f", nor is any other file in {root} readable" if len(skipped) > 1 else ""
        hint = f" ({ENCODING_HINT})" if reason.startswith("is not") else ""
        raise ValueError(f"{place} {reason}{more}{hint}")
    return UserFiles(tuple(texts), skipped)


def decode_user_text(raw: bytes, encoding: str = "utf-8") -> str:
    r"""Return a file's text: with or without a byte order mark, line ends as \n.

    Raises ValueError with the offset (in bytes of UTF-8, else in characters) for bytes that are not
    of the encoding, for NUL and for the framing characters \x02, \x03, \x04; it goes on from the
    file's name.
    """
    text = decode_text(raw, encoding)
    if match := FORBIDDEN_CHARACTERS.search(text):
        at = raw.index(match[0].encode()) if encoding == "utf-8" else match.start()
        raise ValueError(f"holds the control character 0x{ord(match[0]):02x} at offset {at:,}")
    if not text.strip():
        raise ValueError("is empty")
    return text.replace("\r\n", "\n").replace("\r", "\n")
