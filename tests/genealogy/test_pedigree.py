import json
import shutil
from typing import Any

import pytest

from lab.genealogy.pedigree import Pedigree, read_pedigree
from lab.storage.verified_folder import readable_json, write_verified_folder


def test_a_scan_finds_the_family(family: Any) -> None:
    pedigree = read_pedigree(family.root)
    names = {pedigree.name(i) for i in pedigree.graph}
    assert names == set(family.ids)
    assert pedigree.parents(family.ids["child"]) == (family.ids["left"], family.ids["right"])
    kinds = {pedigree.name(i): one["kind"] for i, one in pedigree.graph.nodes.items()}
    assert (kinds["ancestor"], kinds["left"], kinds["child"]) == ("founder", "trained", "bred")


def test_no_folder_no_family(family: Any) -> None:
    assert len(read_pedigree(family.root / "nowhere").graph) == 0


def test_only_the_newest_sound_checkpoint_counts(family: Any) -> None:
    old = family.ids["left"]
    new = family.born("left", "ancestor", step=7)
    assert new in read_pedigree(family.root).graph and old != new
    birth = family.root / "left" / "checkpoint" / "step-00000007" / "birth.json"
    birth.write_bytes(birth.read_bytes().replace(b"left", b"lift"))
    complaints: list[str] = []
    pedigree = read_pedigree(family.root, complaints.append)
    assert pedigree.find("left") == old and new not in pedigree.graph
    assert len(complaints) == 1 and "does not match its checksum" in complaints[0]


def test_weights_are_not_read(family: Any) -> None:
    for weights in family.root.rglob("model.safetensors"):
        weights.unlink()
    assert len(read_pedigree(family.root).graph) == 6


def test_half_written_folders_are_not_seen(family: Any) -> None:
    run = family.root / "left" / "checkpoint"
    shutil.copytree(run / "step-00000000", run / ".tmp-step-00000009-1")
    shutil.copytree(family.root / "left", family.root / ".trash" / "old")
    assert len(read_pedigree(family.root).graph) == 6


def test_lone_individuals_count_too(family: Any) -> None:
    run = family.root / "left"
    (run / "checkpoint" / "step-00000000").rename(family.root / "moved")
    shutil.rmtree(run)
    assert read_pedigree(family.root).find("left") == family.ids["left"]


def test_individuals_are_found_by_name_id_and_prefix(family: Any) -> None:
    pedigree, identity = read_pedigree(family.root), family.ids["child"]
    assert {pedigree.find(key) for key in ("child", identity, identity[:6])} == {identity}
    for nobody in ("nobody", identity[:5]):
        with pytest.raises(ValueError, match="has no individual"):
            pedigree.find(nobody)


def test_a_name_that_two_have_is_refused(family: Any) -> None:
    shutil.move(family.root / "left", family.root / "old")
    family.born("left", "ancestor")
    with pytest.raises(ValueError, match="left means 2 individuals, say which by id"):
        read_pedigree(family.root).find("left")


@pytest.mark.parametrize(
    ("a", "b", "nearest"),
    [
        ("left", "right", "ancestor"),
        ("left", "ancestor", "ancestor"),
        ("child", "right", "right"),
        ("child", "child", "child"),
        ("grandchild", "left", "left"),
        ("stranger", "child", None),
    ],
)
def test_nearest_common_ancestors(family: Any, a: str, b: str, nearest: str | None) -> None:
    pedigree = read_pedigree(family.root)
    found = pedigree.nearest_common_ancestor(family.ids[a], family.ids[b])
    assert found == (family.ids[nearest] if nearest else None)
    assert pedigree.are_related(family.ids[b], family.ids[a]) == (nearest is not None)


def test_a_lost_parent_still_relates_its_children(family: Any) -> None:
    shutil.rmtree(family.root / "ancestor")
    pedigree = read_pedigree(family.root)
    lost = pedigree.nearest_common_ancestor(family.ids["left"], family.ids["right"])
    assert lost == family.ids["ancestor"] and pedigree.name(lost).startswith("unknown ")


def test_of_ancestors_equally_near_their_own_is_taken(family: Any) -> None:
    for name in ("twin", "triplet"):
        family.born(name, "left", "right")
    pedigree, ids = read_pedigree(family.root), family.ids
    names = [
        pedigree.name(one) for one in pedigree.nearest_common_ancestors(ids["twin"], ids["child"])
    ]
    assert names == ["left", "right"]
    assert pedigree.nearest_common_ancestor(ids["twin"], ids["child"]) == ids["ancestor"]
    three = (ids["twin"], ids["child"], ids["triplet"])
    assert pedigree.nearest_common_ancestor(*three) == ids["ancestor"]
    for name in ("half", "other"):
        family.born(name, "left", "stranger")
    pedigree = read_pedigree(family.root)
    assert pedigree.nearest_common_ancestor(ids["half"], ids["other"]) is None
    assert pedigree.are_related(ids["half"], ids["other"])
    pedigree.require_related(ids["half"], ids["other"])


def test_a_missing_certificate_is_no_proof_of_strangers(family: Any) -> None:
    shutil.rmtree(family.root / "left")
    pedigree, ids = read_pedigree(family.root), family.ids
    assert pedigree.missing_certificates(ids["child"], ids["stranger"]) == [ids["left"]]
    with pytest.raises(ValueError) as refusal:
        pedigree.require_related(ids["child"], ids["stranger"])
    message = str(refusal.value)
    assert "whether child and stranger have a common ancestor is not known" in message
    assert f"the certificate of {ids['left'][:8]} is missing" in message and "\n" not in message
    assert pedigree.missing_certificates(ids["right"]) == []


def test_strangers_are_crossed_only_on_purpose(family: Any) -> None:
    pedigree, ids = read_pedigree(family.root), family.ids
    with pytest.raises(ValueError) as refusal:
        pedigree.require_related(ids["child"], ids["stranger"])
    message = str(refusal.value)
    assert "child and stranger have no common ancestor" in message
    assert "unrelated=true" in message and "\n" not in message
    pedigree.require_related(ids["child"], ids["stranger"], unrelated=True)
    pedigree.require_related(ids["left"], ids["right"])


def test_ancestors_and_descendants(family: Any) -> None:
    pedigree: Pedigree = read_pedigree(family.root)
    names = {pedigree.name(i) for i in pedigree.ancestors(family.ids["child"])}
    assert names == {"ancestor", "left", "right"}
    assert len(pedigree.descendants(family.ids["ancestor"])) == 4


def test_a_circle_of_certificates_stops_nobody_else(family: Any) -> None:
    """Ids are hashes: who is an own ancestor is forged, and is left out and named."""
    left, right = (family.root / n / "checkpoint" / "step-00000000" for n in ("left", "right"))
    for folder, parent in ((left, "right"), (right, "left")):
        birth = json.loads((folder / "birth.json").read_bytes())
        write_verified_folder(
            folder, {"birth.json": readable_json({**birth, "parents": [family.ids[parent]]})}
        )
    said: list[str] = []
    pedigree = read_pedigree(family.root, said.append)
    assert sorted("left" in line for line in said) == [False, True] and len(said) == 2
    assert all("its own ancestor, so forged" in line for line in said)
    assert pedigree.name(family.ids["ancestor"]) == "ancestor"
    assert pedigree.graph.nodes[family.ids["left"]]["kind"] == "unknown"  # the child names it


def test_many_generations_are_not_searched_again_for_each_member(
    line_of_descent: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pedigree, asked = line_of_descent(150, 2), list[str]()
    for name in ("ancestors", "descendants"):
        plain = getattr(Pedigree, name)
        monkeypatch.setattr(
            Pedigree, name, lambda self, i, plain=plain: asked.append(i) or plain(self, i)
        )
    assert pedigree.nearest_common_ancestor("g0149-0", "g0149-1") == "g0000-0"
    assert len(asked) <= 2 * 150  # it was the square of that
    names = pedigree.nearest_common_ancestors("g0149-0", "g0149-1")
    assert names == ["g0148-0", "g0148-1"]


def test_a_certificate_of_too_many_parents_is_one_line(family: Any) -> None:
    folder = family.root / "child" / "checkpoint" / "step-00000000"
    birth = json.loads((folder / "birth.json").read_bytes())
    parents = [f"{number:064x}" for number in range(100_000)]
    write_verified_folder(folder, {"birth.json": readable_json({**birth, "parents": parents})})
    complaints: list[str] = []
    pedigree = read_pedigree(family.root, complaints.append)
    assert len(complaints) == 1 and "is no birth certificate" in complaints[0]
    assert family.ids["child"] in pedigree.graph  # as its child's unknown parent
    assert pedigree.graph.nodes[family.ids["child"]]["kind"] == "unknown"
