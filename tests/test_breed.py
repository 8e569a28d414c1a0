"""The breeding door as a user meets it: one command, resumed, killed and replayed, refused."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lab.breed
import lab.evaluate
import lab.summarise
from lab.breeding.search.child_builder import content_hash
from lab.breeding.statistics.report_log import read_evaluations
from lab.config.instantiate import find_function
from lab.genealogy.replay import replay
from lab.models import individual
from lab.models.individual import Individual
from lab.records.metrics import read_metrics
from lab.training import compiled_scoring
from lab.training.precision import can_compile
from lab.workflows import split_scorer
from lab.workflows.search_progress import SearchProgress
from lab.workflows.split_scorer import SplitScorer

Run = Callable[..., int]
WORDS = ("the", "cat", "sat", "on", "a", "mat", "dog", "ran", "far", "away", "and", "then", "it")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root that every test of this file shares, with a text beside it."""
    folder = tmp_path_factory.mktemp("breeding")
    draw = random.Random(0)
    lines = [" ".join(draw.choice(WORDS) for _ in range(10)) for _ in range(400)]
    (folder / "tale.txt").write_text("\n".join(lines))
    return folder / "experiments"


def told(root: Path, *words: str) -> list[str]:
    path = root.parent / "tale.txt"
    corpus = ("corpus=text", f"corpus.path={path}", "training.context=32", "training.samples=0")
    return ["lab.breed", "scale=debug", f"root={root}", *corpus, *words]


@pytest.fixture
def breed(root: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Enter the door with these words; the exit code."""

    def enter(*words: str) -> int:
        monkeypatch.setattr(sys, "argv", told(root, *words))
        try:
            lab.breed.main()
        except SystemExit as left:
            return int(left.code or 0)
        return 0

    return enter


def result(root: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((root / name / "result.json").read_text())
    return found


def finder(root: Path) -> Callable[[str], Individual]:
    """Individuals by id, as a replay asks for them."""
    everyone = [individual.load_individual(path.parent) for path in root.rglob("birth.json")]
    return lambda identity: next(one for one in everyone if one.id == identity)


OPERATORS = {
    name: find_function("operator", f"lab.breeding.operators.{name}.{name}")
    for name in ("slerp", "karcher", "lerp")
}


def test_one_command_rears_breeds_and_judges(
    breed: Run, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert breed() == 0
    out, err = capsys.readouterr()
    for word in (
        "forkL",
        "forkR",
        "(best parent)",
        "ancestor",
        "gen-0 child",
        "barrier",
        "champion",
    ):
        assert word in out
    assert "to train ancestor, forkL, forkR; " in err and "about" in err
    store = root / "families" / "text-tale-debug-seed.0"
    assert {path.name for path in store.iterdir()} == {"ancestor", "forkL", "forkR", ".locks"}
    bpc = result(root, "shared_ancestor")["verdict"]["bpc"]
    assert {"nlerp", "raw average", "best random", "ensemble", "forkL ema", "forkR last"} <= set(
        bpc
    )


def test_scores_are_told_by_domain_and_the_search_is_in_the_metrics(breed: Run, root: Path) -> None:
    assert breed() == 0
    said = result(root, "shared_ancestor")
    left, right = said["domains"]["left"], said["domains"]["right"]
    assert left.keys() == right.keys() == said["verdict"]["bpc"].keys()
    for name, bpc in said["verdict"]["bpc"].items():
        assert min(left[name], right[name]) <= bpc <= max(left[name], right[name])
    assert left["child"] != right["child"]
    lines = read_metrics(root / "shared_ancestor" / "metrics.jsonl")
    found = [line["bpc"] for line in lines if line["kind"] == "search"]
    assert min(found) == said["search"]["bpc"]["champion"]
    searched = [line for line in lines if line["kind"] == "search"]
    assert {line["share"] for line in searched} == {1.0} and searched[-1]["best"] == min(found)
    assert [line["bpc"] for line in lines if line["kind"] == "geodesic"] == said["geodesic"]


def test_the_same_command_again_says_done(
    breed: Run, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = result(root, "shared_ancestor")
    assert breed() == 0
    assert "done already" in capsys.readouterr().err
    assert result(root, "shared_ancestor") == before


def test_the_champion_is_an_individual_that_can_be_replayed(breed: Run, root: Path) -> None:
    champion = individual.find_individual("shared_ancestor", root)
    said = result(root, "shared_ancestor")
    assert champion.id == said["champion"]["id"]
    assert champion.birth["parents"] == list(said["parents"].values())
    assert replay(champion, finder(root), OPERATORS)["same"]


def test_every_touch_of_report_is_written_down(root: Path) -> None:
    told_names = [
        one["purpose"].split(": ")[1] for one in read_evaluations(root / "report-touches.jsonl")
    ]
    scores = np.load(root / "shared_ancestor" / "scores.npz")
    assert {f"nats.{name}" for name in told_names} | {"characters"} == set(scores.files)
    assert scores["nats.child"].dtype == np.float32
    bits = scores["nats.child"].sum(dtype=np.float64) / scores["characters"].sum() / np.log(2)
    assert bits == pytest.approx(result(root, "shared_ancestor")["verdict"]["bpc"]["child"])


def test_every_touch_can_be_joined_to_the_result(root: Path) -> None:
    said = result(root, "shared_ancestor")
    noted = {
        one["purpose"].removeprefix("breed shared_ancestor: "): one["candidate"]
        for one in read_evaluations(root / "report-touches.jsonl")
    }
    assert said["touched"] == noted
    assert (
        noted["child"]
        == said["champion"]["id"]
        == individual.find_individual("shared_ancestor", root).id
    )
    assert noted["gen-0 child"] == said["gen-0"]["id"]
    assert said["champion"]["id"] != said["gen-0"]["id"]
    assert {name: noted[name] for name in said["parents"]} == said["parents"]


def test_evaluate_and_breed_share_the_log_of_touches(
    breed: Run, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("search=none", "controls=none", "crossover.alpha=0.25")
    assert breed(*words, "name=before") == 0
    asked = ["lab.evaluate", "artist=before", "split=report", f"root={root}"]
    asked += ["corpus=text", f"corpus.path={root.parent / 'tale.txt'}", "training.context=32"]
    monkeypatch.setattr(sys, "argv", asked)
    lab.evaluate.main()
    assert "this is evaluation 2 of before" in capsys.readouterr().err
    assert breed(*words, "name=after") == 0
    log, child = (
        read_evaluations(root / "report-touches.jsonl"),
        individual.find_individual("before", root).id,
    )
    purposes = [one["purpose"] for one in log if one["candidate"] == child]
    assert purposes == ["breed before: child", "evaluate before on tale"]
    assert "breed after: child" in [one["purpose"] for one in log if one["candidate"] != child]


def test_strangers_are_refused_unless_asked_for(
    breed: Run, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert breed("parents=independent", "unrelated=false") == 2
    line = capsys.readouterr().err
    assert "no common ancestor" in line and "unrelated=true" in line and line.count("\n") == 1
    assert not (root / "families" / "text-tale-debug-seed.0" / "founderL").exists()


def test_aligned_strangers_are_bred_and_replayed(breed: Run, root: Path) -> None:
    words = ("controls=none", "search=none", "alignment=match", "name=aligned")
    assert breed("parents=independent", *words) == 0
    champion = individual.find_individual("aligned", root)
    assert champion.birth["recipe"]["alignment"] == "match"
    assert replay(champion, finder(root), OPERATORS)["same"]


def test_matched_controls_are_reared_and_shared(breed: Run, root: Path) -> None:
    words = ("controls=matched", "controls.draws=2", "controls.points=3", "search=none")
    assert breed(*words, "name=matched", "fork_schedule=annealed") == 0
    verdict = result(root, "matched")["verdict"]
    assert {"best parent twice", "union once", "union twice"} <= set(verdict["bpc"])
    assert "specialisation_excess" in verdict["effects"]
    store = root / "families" / "text-tale-debug-seed.0"
    assert (store / "siblingA-twice-annealed" / "result.json").is_file()


def test_evolution_of_several_files_is_replayed(breed: Run, root: Path) -> None:
    store = root / "families" / "text-tale-debug-seed.0"
    files = ",".join(str(store / one) for one in ("forkL", "forkR", "ancestor"))
    words = ("search=evolution", "search.generations=1", "search.children=2", "controls=none")
    said = ("parents=files", f"parent_runs=[{files}]", "crossover=karcher", "mutation=none", *words)
    assert breed(*said, "name=several", "search.population=4", "controls.points=3") == 0
    found = result(root, "several")
    assert set(found["parents"]) == {"forkL", "forkR", "ancestor"}
    assert found["verdict"]["barrier"]["between"] == ["forkL", "forkR"]
    log = [*map(json.loads, (root / "several" / "search.jsonl").read_text().splitlines())][1:]
    founders = {entry["key"] for entry in log if "founder" in entry["candidate"]}
    children = {entry["key"] for entry in log} - founders
    assert len(founders) == 3 and found["search"]["scored"] == len(children) == 3
    assert found["search"]["scorings"] == sum(entry["scored"] for entry in log) > 6
    metrics = read_metrics(root / "several" / "metrics.jsonl")
    lines = [line for line in metrics if line["kind"] == "search"]
    assert [line["share"] for line in lines] == [entry["share"] for entry in log]
    assert [line["generation"] for line in lines] == [0] * 5 + [1] * (len(lines) - 5)
    assert lines[-1]["best"] == min(line["bpc"] for line in lines if line["share"] == 1.0)
    if found["champion"]["path"]:
        assert replay(individual.find_individual("several", root), finder(root), OPERATORS)["same"]


def test_a_family_of_llamas_is_bred_and_replayed(breed: Run, root: Path) -> None:
    said = ("model=llama", "model.kv_heads=1", "crossover=lerp", "family=llamas", "search=none")
    assert breed(*said, "name=llamas", "controls.draws=0", "controls.points=3") == 0
    found, child = result(root, "llamas"), individual.find_individual("llamas", root)
    assert child.genotype.architecture.kind == "llama" and child.id == found["champion"]["id"]
    assert replay(child, finder(root), OPERATORS)["same"]
    files = ("parents=files", "parent_runs=[families/llamas/forkL,families/llamas/forkR]")
    assert breed("name=sphere", *files, "crossover=slerp") == 2


def files(root: Path, *paths: str) -> tuple[str, ...]:
    store = root / "families" / "text-tale-debug-seed.0"
    return "parents=files", f"parent_runs=[{','.join(str(store / one) for one in paths)}]"


def test_strangers_among_files_leave_nothing_behind(
    breed: Run, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("controls=none", "search=none")
    assert breed("parents=independent", *words, "name=founders") == 0
    strangers = (*files(root, "founderL", "founderR"), *words, "name=strangers")
    capsys.readouterr()
    assert breed(*strangers) == 2
    line = capsys.readouterr().err
    assert "unrelated=true" in line and line.count("\n") == 1
    assert not (root / "strangers").exists()
    assert breed(*strangers, "unrelated=true", "crossover=ties") == 2
    assert "ties needs the parents' common ancestor" in capsys.readouterr().err
    assert not (root / "strangers").exists()
    assert breed(*strangers, "unrelated=true") == 0


def test_files_of_one_name_are_told_apart(
    breed: Run, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("controls=none", "search=none")
    assert breed(*words, "family=other", "name=other") == 0
    last = max((root / "families/other/forkL/checkpoint").glob("step-*")).name
    pair = files(root, f"forkL/checkpoint/{last}", f"forkR/checkpoint/{last}")
    assert breed(*pair, *words) == 0
    assert list(result(root, "files")["parents"]) == ["forkL", "forkR"]
    capsys.readouterr()
    assert breed(*files(root, "forkL", "../other/forkL"), *words, "name=same") == 2
    assert "other/forkL are one and the same individual" in capsys.readouterr().err
    assert breed(*words, "seed=1", "name=seed-1") == 0
    theirs = "../text-tale-debug-seed.1/forkL"
    assert breed(*files(root, "forkL", theirs), *words, "unrelated=true", "name=both") == 0
    parents = result(root, "both")["parents"]
    assert [f"forkL-{one[:8]}" for one in parents.values()] == list(parents)


def test_files_are_judged_as_they_were_taught(
    breed: Run, root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = (*files(root, "forkL", "forkR"), "controls=none", "search=none", "name=taught")
    assert breed(*words, "training.context=64") == 2
    line = capsys.readouterr().err
    assert "learned with training.context=32, not 64" in line and line.count("\n") == 1
    assert not (root / "taught").exists()
    typed = [one for one in told(root, *words) if not one.startswith("training.context")]
    monkeypatch.setattr(sys, "argv", typed)
    lab.breed.main()
    assert "scored as they were trained: training.context=32" in capsys.readouterr().err
    assert result(root, "taught")["context"] == 32
    assert individual.find_individual("taught", root).birth["context"] == 32


def test_files_that_were_taught_unlike_are_judged_as_is_said(
    breed: Run, root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = individual.find_individual("forkL", root / "families" / "text-tale-debug-seed.0")
    shorter = root.parent / "shorter"
    individual.save_individual(
        shorter / "checkpoint" / "step-00000001", one.genotype, {**one.birth, "context": 16}
    )
    words = (*files(root, str(shorter), "forkR"), "controls=none", "search=none", "name=unlike")
    words += ("unrelated=true",)  # another context is another individual, and lies elsewhere
    typed = [one for one in told(root, *words) if not one.startswith("training.context")]
    monkeypatch.setattr(sys, "argv", typed)
    with pytest.raises(SystemExit, match="2"):
        lab.breed.main()
    said = "unlike training.context (shorter with 16, forkR with 32): say training.context=..."
    line = capsys.readouterr().err
    assert said in line and line.count("\n") == 1 and not (root / "unlike").exists()
    assert breed(*words) == 0
    assert result(root, "unlike")["context"] == 32


def test_a_damaged_checkpoint_among_files_is_told(
    breed: Run, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    worn = root.parent / "worn"
    shutil.copytree(root / "families" / "text-tale-debug-seed.0" / "forkL", worn)
    newest = worn / "checkpoint" / "step-99999999"
    shutil.copytree(max((worn / "checkpoint").glob("step-*")), newest)
    (newest / "model.safetensors").write_bytes(b"worn")
    words = ("controls=none", "search=none", "name=worn")
    assert breed(*files(root, str(worn), "forkR"), *words) == 0
    assert capsys.readouterr().err.count("skipping a damaged checkpoint") == 1
    assert list(result(root, "worn")["parents"]) == ["worn", "forkR"]


@pytest.mark.parametrize(
    ("corpus", "said"),
    [
        ("text", "no character '<': name the one they learned from, corpus="),
        ("bestiary", "they learned with framing=none: name the one they learned from, corpus="),
    ],
)
def test_a_corpus_that_files_cannot_read_is_one_line(
    root: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    corpus: str,
    said: str,
) -> None:
    strange = root.parent / "strange.txt"
    strange.write_text("<" + (root.parent / "tale.txt").read_text())
    given = (f"corpus={corpus}", *([f"corpus.path={strange}"] if corpus == "text" else []))
    words = ("scale=debug", f"root={root}", *files(root, "forkL", "forkR"), *given, "name=unread")
    monkeypatch.setattr(sys, "argv", ["lab.breed", *words])
    with pytest.raises(SystemExit, match="2"):
        lab.breed.main()
    line = capsys.readouterr().err
    assert said in line and line.count("\n") == 1
    assert not (root / "unread").exists()


def test_a_raw_average_says_why_it_is_not_kept(
    breed: Run, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert breed("crossover=lerp", "search=none", "controls=none", "name=raw") == 0
    assert "not kept as an individual: a raw average has no unit rows" in capsys.readouterr().out
    said = result(root, "raw")
    assert said["champion"]["id"] is None and len(said["touched"]["child"]) == 64


def test_conditional_artists_have_conditional_children(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("lab.breed", "scale=debug", f"root={root}", "controls=none", "search=none")
    small = ("training.samples=0", "model.dim=16", "model.dim_head=8")
    monkeypatch.setattr(sys, "argv", [*words, *small, "parents=styles", "name=pupils"])
    lab.breed.main()
    store = root / "families" / "bestiary-debug-seed.0"
    pair = f"parent_runs=[{store / 'styleA'},{store / 'styleB'}]"
    line = [*words, "parents=files", pair, "corpus=bestiary", "name=heirs"]
    monkeypatch.setattr(sys, "argv", line)
    lab.breed.main()
    taken = "framing=conditional, training.context=128"
    assert f"styleA and styleB are scored as they were trained: {taken}" in capsys.readouterr().err
    birth = individual.find_individual("heirs", root).birth
    assert (birth["framing"], birth["context"]) == ("conditional", 128)
    monkeypatch.setattr(sys, "argv", [*line, "framing=unconditional"])
    with pytest.raises(SystemExit):
        lab.breed.main()
    assert "learned with framing=conditional, not unconditional" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("parents=files", "parent_runs=[a,b]", "controls=matched"),
            "no family to train controls=",
        ),
        (("alphas.grain=layer",), "search=golden takes one coefficient"),
        (("search=cmaes",), "use search=golden for one"),
        (("crossover=model_stock", "search=golden"), "no coefficient to search: search=none"),
        (("crossover.alpha=0.3",), "leave crossover.alpha as it is"),
        (("mutation=tangent",), "mutation goes with search=evolution"),
        (("selection=niches",), "selection=niches goes with search=evolution"),
        (("search=none", "alphas.grain=kind"), "alphas.grain=kind goes with a search"),
        (("parents=independent", "crossover=ties"), "ties needs the parents' common ancestor"),
        (("parents=files",), "parents=files needs parent_runs="),
        (("model=llama",), "slerp needs rows of unit length"),
        (("model=llama", "crossover=lerp", "alignment=match"), "alignment=match is for nGPTs"),
        (("model=llama", "crossover=lerp", "mutation=tangent"), "try mutation=none"),
        (("model.kv_heads=1",), "model.kv_heads is for model=llama"),
        (("parents=styles", "~corpus.half"), "no halves"),
        (("half=left",), "leave parent and half alone"),
        (("training.batch=2",), "choose another family=NAME"),
        (("seed=1", "corpus.path=/nowhere"), "nowhere"),
    ],
)
def test_what_cannot_work_is_one_line(
    breed: Run, root: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    assert breed("name=refused", *words) == 2
    line = capsys.readouterr().err
    assert said in line and line.count("\n") == 1


def test_nobody_is_scored_twice_on_select_in_one_run(
    breed: Run, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, real, report = list[str](), split_scorer.predictor, split_scorer.SplitScorer.score_report

    def unseen(self: SplitScorer, *told: Any) -> Any:
        before = list(seen)
        scores = report(self, *told)
        seen[:] = before
        return scores

    def counted(genotype: Any, *told: Any) -> Any:
        seen.append(content_hash(genotype))
        return real(genotype, *told)

    monkeypatch.setattr(split_scorer, "predictor", counted)
    monkeypatch.setattr(SplitScorer, "score_report", unseen)
    assert breed("name=once", "controls.draws=2", "controls.points=3", "search.budget=6") == 0
    logs = [(root / "once" / f"{one}.jsonl").read_text() for one in ("random", "geodesic")]
    assert all(text.count('"scored":true') == 3 for text in logs)  # whole all the same
    assert len(seen) == len(set(seen)) > 6


def test_an_interrupted_search_says_so_and_goes_on(
    breed: Run, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words, select = (
        ("search=grid", "search.points=9", "controls=none", "name=stopped"),
        SplitScorer.score_select,
    )
    assert breed("name=parents", "search=none", "controls=none") == 0  # rears them if need be
    assert " of 1 child scored in 1.0 passes" in capsys.readouterr().out
    for number, code, done in ((signal.SIGTERM, 143, 3), (signal.SIGINT, 130, 6)):
        left = [4]  # the ancestor, then children

        def stopped(self: SplitScorer, *told: Any, at: list[int] = left, end: int = number) -> Any:
            at[0] -= 1
            if at[0] < 0:
                os.kill(os.getpid(), end)
            return select(self, *told)

        monkeypatch.setattr(SplitScorer, "score_select", stopped)
        assert breed(*words) == code
        err = capsys.readouterr().err
        assert f"lab: interrupted in the search, {done} scored; the same command goes on" in err
    monkeypatch.setattr(SplitScorer, "score_select", select)
    assert breed(*words) == 0
    assert "search: 6 were scored before and come from its log" in capsys.readouterr().err
    (root / "stopped" / "result.json").unlink()
    assert breed(*words) == 0
    assert "search: all 9 were scored before" in capsys.readouterr().err
    assert result(root, "stopped")["search"]["scored"] == 9


def test_a_search_says_how_far_it_is_of_how_much() -> None:
    watch = SearchProgress("search", 72)
    for number in range(24):
        entry = {"key": str(number), "share": 1.0, "bpc": 4 - number / 100}
        watch.update(entry, number < 4)
        watch.update({**entry, "share": 0.5}, number < 4)
    line = watch.format_line(watch.started_at + 20)
    assert line == "24 of at most 72 scored, best 3.7700 bpc, about 48 s left"


def test_a_killed_search_finds_the_same_champion(breed: Run, root: Path) -> None:
    words = ("search=grid", "search.points=81", "controls=none")
    log = root / "killed" / "search.jsonl"
    command = [sys.executable, "-m", *told(root, *words, "name=killed")]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, env=os.environ)
    for _ in range(9000):
        if log.exists() and log.read_bytes().count(b"\n") > 6:
            break
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = log.read_bytes()
    assert not (root / "killed" / "result.json").exists()
    assert breed(*words, "name=killed") == 0 and breed(*words, "name=whole") == 0
    whole = before[: before.rindex(b"\n") + 1]
    assert log.read_bytes().startswith(whole)
    killed, whole_run = (individual.find_individual(name, root) for name in ("killed", "whole"))
    assert killed.id == result(root, "killed")["champion"]["id"] != whole_run.id  # by their names
    assert killed.birth["former_id"] == whole_run.birth["former_id"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # PyTorch's, while it compiles
@pytest.mark.skipif(not can_compile(), reason="needs g++ or clang++")
def test_a_compiled_search_is_replayed_to_the_same_bits(
    breed: Run, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store = root / "families" / "text-tale-debug-seed.0"
    said = ("parents=files", f"parent_runs=[{store / 'forkL'},{store / 'forkR'}]", "compile=true")
    small = ("search.population=3", "search.generations=2", "search.children=3")
    words = (*said, "search=evolution", *small, "controls=none", "name=graph")
    assert breed("name=parents", "search=none", "controls=none") == 0  # rears them if need be
    monkeypatch.setattr(compiled_scoring, "GRAPH_MIN_OPERATIONS", 0.0)
    assert breed(*words) == 0
    log, before = root / "graph" / "search.jsonl", result(root, "graph")
    whole = log.read_bytes()
    assert json.loads(whole.splitlines()[0])["header"]["compiled"] is True
    (root / "graph" / "result.json").unlink()
    log.write_bytes(whole[: len(whole) // 2])  # as a kill leaves it, torn
    monkeypatch.setattr(compiled_scoring, "GRAPH_MIN_OPERATIONS", 1e99)
    assert breed(*words) == 2 and "compiled differs" in capsys.readouterr().err
    monkeypatch.setattr(compiled_scoring, "GRAPH_MIN_OPERATIONS", 0.0)
    assert breed(*words) == 0
    assert log.read_bytes() == whole
    assert result(root, "graph")["champion"]["id"] == before["champion"]["id"]


def test_verdicts_are_summarised(
    breed: Run, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert breed("seed=1", "name=shared_ancestor-seed.1") == 0
    capsys.readouterr()
    monkeypatch.setattr(sys, "argv", ["lab.summarise", f"root={root}", "study=shared_ancestor*"])
    lab.summarise.main()
    out = capsys.readouterr().out
    assert "better parent vigor" in out and "not enough seeds (2 of 5)" in out
    assert (root / "summary-text-debug.json").is_file()


def test_again_rears_whoever_is_missing(breed: Run, root: Path) -> None:
    words = ("name=afresh", "search=none", "controls=none")
    assert breed(*words) == 0
    assert breed(*words, "family=elsewhere", "again=true") == 0
    assert (root / "families" / "elsewhere" / "ancestor" / "result.json").is_file()
