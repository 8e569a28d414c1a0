"""apehex: a dataset of 5,293 hand-drawn ASCII pieces in 27 categories, with captions.

apehex, 2024, https://huggingface.co/datasets/apehex/ascii-art (config asciiart), collected from
asciiart.eu. The collection is AGPL-3.0; every piece belongs to its artist.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lab.corpora.data_folder import INSTALL_DATA
from lab.corpora.drawing import Drawing
from lab.corpora.drawing_corpus import DrawingCorpus, build_drawing_corpus, check_half
from lab.corpora.filtering import Limits
from lab.corpora.hub_datasets import locate_collection

REPOSITORY = "apehex/ascii-art"
PATTERN = "asciiart/train/*.parquet"
PLACES = ("apehex/asciiart/*.json", "apehex/asciiart/train/*.parquet", "apehex/asciiart/*.parquet")

# Two halves of like size. The other categories belong to neither: they show people, retell stories
# (Books, Cartoons, Comics, Movies, Television, Video games), or mix creatures with objects.
CREATURES = {"Animals", "Mythology", "Nature", "Plants"}
OBJECTS = {
    "Buildings and places",
    "Clothing and accessories",
    "Computers",
    "Electronics",
    "Food and drinks",
    "Toys",
    "Vehicles",
    "Weapons",
}
CATEGORIES = {"A": CREATURES, "B": OBJECTS}

SEXUAL_LABELS = {"People,Sexual", "People,Body parts,Buttocks", "Logos,Playboy"}
SEXUAL_CAPTION = re.compile(r"\b(nudes?|naked|sex|sexy|breasts?|ass)\b", re.IGNORECASE)

# Labels whose last component alone would mislead.
LABEL_OVERRIDES = {
    "Animals,Birds land": "Land birds",
    "Animals,Birds water": "Water birds",
    "Animals,Other land": "Land animals",
    "Animals,Other water": "Water animals",
    "Buildings and places,Furniture,Office": "Office furniture",
    "Cartoons,Mushroom": "Mushroom people",
    "Holiday and events,Christmas,Religious": "Religious christmas",
    "Holiday and events,Christmas,Trees": "Christmas trees",
    "Logos,Television": "Television logos",
    "Sports and outdoors,Logos": "Sports logos",
}


def apehex(
    data: str | Path | None = None,
    half: str = "all",
    max_width: int = 80,
    max_height: int = 60,
    max_length: int = 2048,
    include_sexual: bool = False,
    revision: str | None = None,
) -> DrawingCorpus:
    """Return the hand-drawn corpus: all, half A (creatures, nature) or half B (objects, tech).

    Read from the data folder (PLACES), else downloaded; revision is a commit or tag that they must
    be of. Pieces with a sexual label or caption are left out unless include_sexual. A piece's
    `source` is its category path. Raises FileNotFoundError where it cannot be had, ValueError for
    records that are not as documented.
    """
    check_half(half)
    collection = locate_collection(data, "apehex", PLACES, REPOSITORY, PATTERN, revision)
    pieces, left_out = [], Counter[str]()
    for record in read_apehex_records(collection.files):
        if reason := rejection_reason(record, half, include_sexual):
            left_out[reason] += 1
        else:
            label = choose_label(record["labels"])
            pieces.append(Drawing(label, record["content"], record["caption"], record["labels"]))
    limits = Limits(max_width, max_height, max_length)
    source = {
        "source": f"https://huggingface.co/datasets/{REPOSITORY}",
        **collection.provenance,
        "licence": "AGPL-3.0 (the collection; each piece belongs to its artist)",
        "half": half,
        "left_out": dict(left_out),
    }
    return build_drawing_corpus("apehex", pieces, limits, source)


def rejection_reason(record: dict[str, str], half: str, include_sexual: bool) -> str:
    """Return why a record is left out before any cleaning ("" where it is not)."""
    labels = record["labels"]
    sexual = any(labels == label or labels.startswith(label + ",") for label in SEXUAL_LABELS)
    if (sexual or SEXUAL_CAPTION.search(record["caption"])) and not include_sexual:
        return "sexual"
    category = labels.split(",")[0]
    return "" if half == "all" or category in CATEGORIES[half] else "another category"


def choose_label(labels: str) -> str:
    """Return the label of a piece: the last informative component of its category path.

    "Animals,Insects,Ants" is Ants, "Animals,Insects,Other" is Insects, "People,Other" is People;
    what two categories share (Looney tunes) is one label.
    """
    if labels in LABEL_OVERRIDES:
        return LABEL_OVERRIDES[labels]
    parts = labels.split(",")
    if "Sexual" in parts:
        return "Sexual " + parts[-1].lower()
    return parts[-2] if parts[-1] == "Other" and len(parts) > 1 else parts[-1]


def read_apehex_records(files: list[Path]) -> Iterator[dict[str, str]]:
    """Yield the records of the files. Raises ValueError naming the file that is damaged."""
    for file in files:
        try:
            rows = (
                read_parquet(file) if file.suffix == ".parquet" else json.loads(file.read_bytes())
            )
        except RecursionError:
            raise ValueError(f"{file} cannot be read: it is nested too deeply") from None
        except (ValueError, OSError) as error:
            raise ValueError(f"{file} cannot be read: {error}") from error
        if not isinstance(rows, list):
            raise ValueError(f"{file} is not as documented: it holds no list of records")
        for number, row in enumerate(rows, start=1):
            yield parse_apehex_record(row, f"{file}, record {number}")


def parse_apehex_record(row: Any, place: str) -> dict[str, str]:
    """Return caption, content and labels of a record. Raises ValueError naming the place."""
    if not isinstance(row, dict) or not {"content", "labels"} <= row.keys():
        raise ValueError(f"{place}: a record without content and labels")
    values = {key: row.get(key) for key in ("caption", "content", "labels")}
    for key, value in values.items():
        if not isinstance(value, str) and (value is not None or key == "labels"):
            raise ValueError(f"{place}: {key} must be text")
    labels = [part.strip().capitalize() for part in str(values["labels"]).split(",")]
    return {
        "caption": values["caption"] or "",
        "content": values["content"] or "",
        "labels": ",".join(labels),
    }


def read_parquet(file: Path) -> list[dict[str, Any]]:
    """Return the rows of a parquet file. Raises ValueError, with what to install if need be."""
    try:
        from pyarrow import parquet as reader
    except ImportError:
        raise ValueError(f"parquet needs {INSTALL_DATA}") from None
    rows: list[dict[str, Any]] = reader.read_table(file).to_pylist()
    return rows
