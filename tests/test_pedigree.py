"""lab.pedigree: family tree, kinship, replay and paternity of a real family; adoption."""

from __future__ import annotations

import json
import random
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import networkx as nx
import pytest
import torch

import lab.breed
import lab.train
from lab.genealogy.pair_parentage import BlockFit
from lab.genealogy.pair_shortlist import PairShortlist
from lab.genealogy.parentage_regression import ParentMixture
from lab.genealogy.parentage_tables import format_alpha
from lab.genealogy.parentage_verdict import format_mixture_verdict, format_pair_verdict
from lab.genealogy.pedigree import Pedigree
from lab.models import individual
from lab.models.architecture import Architecture
from lab.models.foreign.ngpt_pytorch import to_library
from lab.models.genotype import founder
from lab.pedigree import main

TEXT = "\x02\x03\x04 abc"
SHAPE = Architecture(len(TEXT), 16, 1, 1, 16)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    model = to_library(founder(SHAPE, torch.Generator().manual_seed(0)))
    whole = {"config": {"block_size": 32}, "model": model, "itos": list(TEXT)}
    torch.save(whole, tmp_path / "old artist.pt")
    return tmp_path / "old artist.pt"


def knock(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr(sys, "argv", ["lab-pedigree", *map(str, words)])
    try:
        main()
    except SystemExit as left:
        return int(left.code or 0)
    return 0


def test_an_adopted_one_is_found_by_its_name(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert knock(monkeypatch, f"adopt='{file}'") == 0
    found = individual.find_individual("old_artist", Path("experiments"))
    assert found.genotype.architecture == SHAPE
    assert (found.birth["framing"], found.birth["context"]) == ("conditional", 32)
    assert found.birth["recipe"]["kind"] == "adopted"
    result = json.loads(Path("experiments/old_artist/result.json").read_text())
    assert result["individual"] == found.id
    assert "s_logit_init=1.0" in capsys.readouterr().out


def test_the_same_again_is_done_already(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    knock(monkeypatch, f"adopt='{file}'", "as_name=a")
    before = individual.find_individual("a", Path("experiments")).id
    assert knock(monkeypatch, f"adopt='{file}'", "as_name=a") == 0
    assert "is done already" in capsys.readouterr().err
    assert individual.find_individual("a", Path("experiments")).id == before


def test_a_framing_may_be_typed_by_its_older_name(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert knock(monkeypatch, f"adopt='{file}'", "as_name=b", "framing=none") == 0
    assert "framing= is called as_framing= now" in capsys.readouterr().err
    assert individual.find_individual("b", Path("experiments")).birth["framing"] is None


def test_another_file_does_not_take_its_name(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    knock(monkeypatch, f"adopt='{file}'", "as_name=a")
    model = to_library(founder(SHAPE, torch.Generator().manual_seed(1)))
    torch.save({"config": {"block_size": 32}, "model": model, "itos": list(TEXT)}, file)
    assert knock(monkeypatch, f"adopt='{file}'", "as_name=a") == 2
    assert "holds a run of another config (sha256" in capsys.readouterr().err


WORDS = ("the", "cat", "sat", "on", "a", "mat", "dog", "ran", "far", "away", "and", "then", "it")
BRED = {  # name: what lab.breed is told beside search=none
    "first": (),
    "field": (
        "search=evolution", "search.generations=2", "search.population=4", "search.children=3",
        "mutation=tangent", "alphas.grain=layer_and_kind",
    ),
    "genes": ("crossover=discrete",),
    "dropped": ("crossover=dare",),
    "informed": ("crossover=fisher",),
    "aligned": ("parents=independent", "alignment=match"),
}  # fmt: skip


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A family with a child of every kind of recipe."""
    folder, draw = tmp_path_factory.mktemp("pedigree"), random.Random(0)
    lines = [" ".join(draw.choice(WORDS) for _ in range(10)) for _ in range(400)]
    (folder / "tale.txt").write_text("\n".join(lines))
    root = folder / "experiments"
    common = ["corpus=text", f"corpus.path={folder / 'tale.txt'}", "training.samples=0"]
    common += ["scale=debug", "training.context=32", "controls=none", f"root={root}"]
    with pytest.MonkeyPatch.context() as patch:
        for name, words in BRED.items():
            search = [] if any("search" in word for word in words) else ["search=none"]
            patch.setattr(sys, "argv", ["lab-breed", *common, *search, f"name={name}", *words])
            lab.breed.main()
    return root


@pytest.fixture
def ask(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Enter the door; the exit code and what it says, on either side."""

    def enter(*words: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = knock(monkeypatch, *words, *([] if "root=" in str(words) else [f"root={root}"]))
        return (code, *capsys.readouterr())

    return enter


Ask = Callable[..., tuple[int, str, str]]


def test_a_family_is_told_with_its_kinship(ask: Ask) -> None:
    code, out, _ = ask("of=field")
    assert code == 0 and "* field (bred slerp, " in out
    assert "nearest common ancestor of its parents forkL and forkR: ancestor (" in out
    table = {tuple(line.split()[:2]): line.split()[2:] for line in out.splitlines()}
    assert table["forkL", "forkR"][0] == "0.250" and table["forkL", "forkR"][3] == "ancestor"
    assert table["field", "forkL"][0] == "0.589" and table["field", "ancestor"][0] == "0.471"
    assert 0 < float(table["field", "forkL"][1].rstrip("°")) < 90
    assert -1 <= float(table["field", "forkL"][2]) <= 1 and len(table["field", "ancestor"]) == 2
    assert len([pair for pair in table if pair[:1] == ("field",)]) <= 12


def test_the_chart_alone_is_printed_for_mermaid(ask: Ask) -> None:
    code, out, _ = ask("of=first", "view=mermaid")
    assert code == 0 and out.startswith("flowchart TD\n") and "inbreeding" not in out


def test_the_picture_is_written_where_it_says(ask: Ask, root: Path, tmp_path: Path) -> None:
    assert ask("of=first", "view=svg")[:2] == (0, f"written to {root}/first.pedigree.svg\n")
    assert ask("of=first", "view=svg", f"output={tmp_path}/tree.svg")[0] == 0
    for path in (root / "first.pedigree.svg", tmp_path / "tree.svg"):
        assert ElementTree.parse(path).getroot().tag.endswith("svg")


def test_two_are_told_beside_each_other(ask: Ask) -> None:
    code, out, _ = ask("of=first", "beside=forkL")
    assert code == 0 and "nearest common ancestor of first (" in out and ": forkL (" in out
    code, out, _ = ask("of=founderL", "beside=founderR")
    assert code == 0 and "have no common ancestor" in out and "0.000" in out


def test_names_folders_and_ids_mean_the_same(ask: Ask, root: Path) -> None:
    known = individual.find_individual("first", root).id
    told = [ask(f"of={name}", "beside=forkL") for name in ("first", known[:8], root / "first")]
    assert told == [told[0]] * 3 and told[0][0] == 0


def test_a_name_of_several_is_one_line_with_their_folders(
    ask: Ask, root: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(root / "families", copy / "families")
    store = next((copy / "families").iterdir())
    other = individual.find_individual("ancestor", store)
    birth = {**other.birth, "name": "forkL"}
    individual.save_individual(
        copy / "other" / "checkpoint" / "step-00000000", other.genotype, birth
    )
    shutil.rmtree(store / "ancestor")
    code, _, said = ask("of=forkL", f"root={copy}")
    assert code == 2 and said.count("\n") == 1 and "means 2 individuals" in said
    assert f"{store}/forkL (" in said and f"{copy}/other (" in said
    assert ask(f"of={store}/forkL", f"root={copy}")[0] == 0


def test_ancestors_equally_near_are_all_named(ask: Ask) -> None:
    code, out, _ = ask("of=first", "beside=dropped")
    assert code == 0 and "nearest common ancestors of first (" in out
    assert re.search(r"equally near: forkL \(.{8}\) and forkR \(.{8}\); theirs: ancestor \(", out)
    assert out.splitlines()[-1].split()[-1] == "ancestor"


def test_a_family_is_told_without_its_weights(ask: Ask, root: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(root, copy, ignore=shutil.ignore_patterns("*.safetensors", "state.pt"))
    code, out, _ = ask("of=first", f"root={copy}")
    assert code == 0 and "nearest common ancestor of its parents forkL and forkR: ancestor" in out
    table = {tuple(line.split()[:2]): line.split()[2:] for line in out.splitlines()}
    assert table["forkL", "forkR"] == ["0.250", "-", "-"]
    assert "-: their weights are not here" in out
    for asked in ("replay=first", "paternity=first", "survey=first"):
        code, _, said = ask(asked, f"root={copy}")
        assert code == 2 and said.count("\n") == 1 and "lab: the weights of " in said
        assert "model.safetensors is missing" in said
    assert not (copy / "kinship.json").exists()
    shutil.copytree(root / "first", copy / "first", dirs_exist_ok=True)
    code, out, _ = ask("replay=first", f"root={copy}")
    assert code == 1 and "cannot be bred again:" in out and "the weights of fork" in out


def test_a_run_that_kept_nobody_says_so(ask: Ask, root: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(root / "families", copy / "families")
    (copy / "lean").mkdir()
    champion = {"id": None, "recipe": {"kind": "bred", "operator": "lerp"}}
    (copy / "lean/result.json").write_text(json.dumps({"champion": champion}))
    for verb in ("of", "replay", "paternity"):
        code, _, said = ask(f"{verb}=lean", f"root={copy}")
        assert code == 2 and said.count("\n") == 1 and "did you mean" not in said
        assert "lean: its run kept no individual (a raw average has no unit rows)" in said


def test_a_picture_goes_into_a_folder_that_is_there(ask: Ask, tmp_path: Path) -> None:
    code, _, said = ask("of=first", "view=svg", f"output={tmp_path}/no/x.svg")
    assert code == 2 and f"{tmp_path}/no is no folder" in said and ".tmp" not in said
    assert said.count("\n") == 1 and not (tmp_path / "no").exists()
    code, _, said = ask("of=first", "view=svg", f"output={tmp_path}")
    assert code == 2 and f"{tmp_path} is a folder" in said and said.count("\n") == 1


def test_a_runner_up_that_lies_closer_makes_the_answer_unsure() -> None:
    found = PairShortlist(("a", "b"), [("c", "d")], ("a", "c"), 0.011, 0.010, -0.01)
    archive: Any = SimpleNamespace(label=str, name=str)
    first, *rest = format_pair_verdict(archive, found, 0.1, 99.0, [])
    assert first == "parents: a and b: not sure: the runner-up lies closer"
    assert rest[-1].endswith("z = 0.0") and "on the same circles" not in " ".join(rest)


def test_no_share_is_minus_zero() -> None:
    assert format_alpha(BlockFit(-1e-5, 0.0, 0.0, 0.0)) == "0.000"
    assert format_alpha(BlockFit(-0.25, 0.001, 0.0, 0.0)) == "-0.250 ±0.001"


def test_pairs_that_do_as_well_are_others_than_the_parents() -> None:
    mixed = ParentMixture(("a", "b"), 0.01, 0.1, {"a": (0.1, 40.0), "b": (0.1, 40.0)})
    archive: Any = SimpleNamespace(label=str, name=str, pedigree=Pedigree(nx.DiGraph()))
    archive.pedigree.graph.add_nodes_from("abcd")
    told = [
        format_mixture_verdict(
            archive, mixed, pair and PairShortlist(pair, [], None, 0.01, 1.0, 9.0)
        )[-1]
        for pair in (("a", "b"), ("c", "d"), None)
    ]
    assert told[1] == "on the circles of c and d as well"
    assert told[0] == told[2] and told[0].startswith("without a")


def test_an_unknown_name_is_one_line_with_the_nearest(ask: Ask) -> None:
    code, _, said = ask("replay=fork")
    assert code == 2 and "has no individual called fork; did you mean fork" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("name", BRED)
def test_every_kind_of_child_is_bred_again_bit_for_bit(name: str, ask: Ask, root: Path) -> None:
    child = individual.find_individual(name, root)
    if name == "field":
        assert any(step["mutation"] for step in child.birth["recipe"]["steps"])
    code, out, _ = ask(f"replay={name}")
    assert code == 0 and "the same, bit for bit" in out and child.id in out


def test_whoever_was_trained_is_told_how_to_be_reared_again(ask: Ask) -> None:
    code, _, said = ask("replay=forkL")
    assert code == 2 and said.count("\n") == 1
    assert "forkL was trained, not bred" in said and "lab.breed command" in said


def test_what_differs_is_said_with_exit_code_1(ask: Ask, root: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(root, copy)
    store = next((copy / "families").iterdir())
    parent = individual.find_individual("forkL", store)
    shutil.rmtree(store / "forkL")
    code, out, _ = ask("replay=first", f"root={copy}")
    assert code == 1 and out.startswith("first (") and ") cannot be bred again:\n" in out
    assert f"{parent.id[:12]} is not there any more: forkL (" in out and "is not what" not in out
    code, out, _ = ask("of=first", f"root={copy}")
    said = f"have a common ancestor is not known: the certificate of forkL ({parent.id[:8]}) is"
    assert code == 0 and said in out and "0.000" not in out
    code, out, _ = ask("of=first", "beside=dropped", f"root={copy}")
    assert "equally near: " in out and "; theirs is not known: the certificate of forkL" in out
    assert ask(f"of={parent.id[:8]}", f"root={copy}")[1].count("its parents are not known") == 1
    birth = {**parent.birth, "recipe": {**parent.birth["recipe"], "steps": 11}}
    now = individual.save_individual(
        store / "forkL/checkpoint/step-00000011", parent.genotype, birth
    )
    code, out, _ = ask("replay=first", f"root={copy}")
    assert code == 1 and f"{parent.id[:12]} has changed: it is {now[:12]} now" in out


def test_other_training_windows_are_said(ask: Ask, root: Path) -> None:
    tale = root.parent / "tale.txt"
    whole = tale.read_text()
    try:
        tale.write_text(whole.replace("cat", "cot"))
        code, out, _ = ask("replay=informed")
    finally:
        tale.write_text(whole)
    assert code == 1 and "are others than those it was bred by" in out


def test_parents_and_alphas_are_told_by_weights_alone(ask: Ask, root: Path) -> None:
    code, out, _ = ask("paternity=first")
    assert code == 0 and re.search(r"parents: forkL \(.{8}\) and forkR \(.{8}\): sure", out)
    assert "names the same parents" in out and "runner-up: " in out
    layers = [line.split()[2:] for line in out.splitlines() if line.startswith("layer ")]
    assert layers == [["0.500"] * 7] * 2
    code, out, _ = ask("paternity=genes")
    assert "forkR" in out and ": sure" in out and "rows look taken whole" in out


def shares(page: str) -> dict[str, list[float]]:
    """Weights in the layers by parent, from a page."""
    found: dict[str, list[float]] = {}
    for line in page.splitlines():
        if line.startswith("weights of "):
            found[line.split()[2]] = row = []
        elif line.startswith("layer "):
            row += map(float, line.split()[2:])
    return found


def test_task_vectors_are_told_with_whom_they_start_from(ask: Ask) -> None:
    code, out, _ = ask("paternity=dropped")
    assert code == 0 and re.search(
        r"parents: fork[LR] \(.{8}\) and fork[LR] \(.{8}\), "
        r"by what they learned since ancestor \(.{8}\): sure",
        out,
    )
    assert "names the same parents" in out
    told = shares(out)
    assert sorted(told) == ["ancestor", "forkL", "forkR"] and len(told["forkL"]) == 2 * 7
    for old, left, right in zip(told["ancestor"], told["forkL"], told["forkR"], strict=True):
        assert old + left + right == pytest.approx(1, abs=0.002) and abs(old) < 0.5
        assert 0.1 < left < 0.9 and 0.1 < right < 0.9
    assert max(map(len, out.split("weights of", 1)[1].splitlines())) <= 100


def test_a_third_parent_is_not_overlooked(
    ask: Ask, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = shutil.copytree(root, tmp_path / "experiments")
    (family,) = (home / "families").iterdir()
    common = ["scale=debug", "corpus=text", f"corpus.path={root.parent / 'tale.txt'}"]
    common += ["training.context=32", "training.samples=0", f"root={home}"]
    line = [
        "lab-train",
        *common,
        "framing=none",
        "name=third",
        f"parent={family / 'ancestor'}",
        "seed=3",
    ]
    monkeypatch.setattr(sys, "argv", line)
    lab.train.main()
    files = ",".join(map(str, (family / "forkL", family / "forkR", home / "third")))
    line = ["lab-breed", *common, "parents=files", f"parent_runs=[{files}]", "crossover=karcher"]
    line += ["crossover.weights=[0.6,0.1,0.3]", "search=none", "controls=none", "name=child"]
    monkeypatch.setattr(sys, "argv", line)
    lab.breed.main()
    code, out, _ = ask("paternity=child", f"root={home}")
    (parents,) = (x for x in out.splitlines() if x.startswith("parents: "))
    assert code == 0 and parents.endswith(": sure") and "since" not in parents
    assert re.findall(r"(\w+) \(", parents) == ["forkL", "third", "forkR"]
    assert "names the same parents" in out and "without forkR" in out
    told = shares(out)
    assert told == {"forkL": [0.6] * 14, "third": [0.3] * 14, "forkR": [0.1] * 14}


def test_kinship_is_surveyed_for_figures(ask: Ask, root: Path) -> None:
    code, out, _ = ask("survey=*")
    assert code == 0 and str(root / "kinship.json") in out
    pairs = json.loads((root / "kinship.json").read_text())["pairs"]
    parents = [one for one in pairs if one["relation"] == "parents"]
    related = [one for one in parents if one["wright"] > 0]
    assert related and all(0 < one["angle"] < 90 and -1 <= one["cosine"] <= 1 for one in related)
    strangers = [one for one in parents if one["wright"] == 0]
    assert all(one["cosine"] is None and one["angle"] > 60 for one in strangers)
    assert {one["relation"] for one in pairs} >= {"parents", "parent and child"}


def test_descendants_are_no_candidates_and_others_may_be_named(ask: Ask) -> None:
    code, out, _ = ask("paternity=forkL")
    assert code == 0 and "not sure" in out and "field" not in out and "first" not in out
    code, out, _ = ask("paternity=first", "among=[ancestor,forkL]")
    assert code == 0 and "beside 2 candidates" in out and ": sure" not in out
    code, _, said = ask("paternity=first", "among=[forkL,first]")
    assert code == 2 and "needs two candidates" in said


BAD = {  # what the line says: what is typed beside or instead of adopt=
    "say exactly one of adopt=FILE": [],
    "nowhere.pt: No such file or directory": ["adopt=nowhere.pt"],
    "name must be 1 to 64 letters": ["adopt=x.pt", "as_name=../x"],
    "assume.residual must be one of lerp, geodesic": ["adopt=x.pt", "assume.residual=slurp"],
    "context must be at least 8": ["adopt=x.pt", "context=2"],
    "beside goes with of=NAME, not replay=": ["replay=x", "beside=y"],
    "view=svg draws one family tree: of=NAME alone": ["of=x", "beside=y", "view=svg"],
    "output=FILE is where the picture goes: view=svg": ["of=x", "output=y.svg"],
    "no individual lies under experiments": ["of=x"],
    "unknown key assume.head; did you mean assume.heads?": ["adopt=x.pt", "assume.head=2"],
}


@pytest.mark.parametrize("line", BAD)
def test_what_is_wrong_is_one_line(
    line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert knock(monkeypatch, *BAD[line]) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1 and said[0].startswith("lab: ")
    assert line in said[0]


def test_an_unknown_context_is_asked_for(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = torch.load(file, weights_only=True)
    torch.save({**whole, "config": {}}, file)
    assert knock(monkeypatch, f"adopt='{file}'") == 2
    assert "set context=..." in capsys.readouterr().err
    assert not Path("experiments/old_artist").exists()
