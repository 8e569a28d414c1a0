"""Certificate folders: the same pedigree whether certificates are loose or packed."""

from __future__ import annotations

from typing import Any

from lab.genealogy.certificate_folders import find_certificate_folders
from lab.genealogy.pedigree import read_pedigree
from lab.genealogy.registry import Registry
from lab.storage.packed_records import pack_records, remove_packed_files


def test_a_packed_family_is_the_loose_one(family: Any) -> None:
    family.born("left", "ancestor", step=7)
    for name in family.ids:
        (family.root / name / "result.json").write_text("{}")
    loose, listed = read_pedigree(family.root), list(find_certificate_folders(family.root))
    packed = pack_records(family.root)
    for weights in family.root.rglob("model.safetensors"):
        weights.unlink()
    assert len(remove_packed_files(family.root, packed)) == 7 * 2 + 6
    again = read_pedigree(family.root)
    assert not (family.root / "left").exists()
    assert dict(again.graph.nodes(data=True)) == dict(loose.graph.nodes(data=True))
    assert set(again.graph.edges) == set(loose.graph.edges)
    assert list(find_certificate_folders(family.root)) == listed
    assert Registry(family.root).find("left") == family.ids["left"]


def test_the_newest_certificate_comes_first(family: Any) -> None:
    family.born("left", "ancestor", step=7)
    folders = dict(find_certificate_folders(family.root))
    steps = [folder.name for folder in folders[family.root / "left"]]
    assert steps == ["step-00000007", "step-00000000"]
