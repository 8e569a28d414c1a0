"""Corpus paths: a certificate's path is read where the run's own config or the user names it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from lab.corpora.vocabulary import Vocabulary
from lab.models.architecture import Architecture
from lab.models.genotype import founder
from lab.models.individual import Individual, find_individual, save_individual
from lab.workflows.corpus_paths import (
    UngivenCorpus,
    UnknownCorpus,
    paths_of_run,
    read_corpus_of_birth,
)
from lab.workflows.evaluate_individual import evaluate_individual
from lab.workflows.sample import sample_run
from lab.workflows.training_corpora import read_training_corpora
from tests.workflows.conftest import write_config

Save = Callable[..., Individual]
MakeConfig = Callable[..., Any]
ROOT = Path("experiments")
SECRET = "the key is kept under the third stone\n"


@pytest.mark.parametrize("target", ["os.system", "lab.config.conf_dir", "x.../../run", ""])
def test_what_is_no_corpus_of_the_lab_is_never_called(target: str) -> None:
    birth = {"name": "stranger", "recipe": {"config": {"corpus._target_": target}}}
    with pytest.raises(UnknownCorpus, match="stranger was not born of one of the lab's corpora"):
        read_corpus_of_birth(birth, None)


def test_the_recorded_keys_and_the_data_folder_of_today_are_used(tmp_path: Path) -> None:
    (tmp_path / "badapple.txt").write_text(
        "nekomark\n".join(f"{dots}\n" for dots in ("@..", ".@.", "..@"))
    )
    config = {
        "corpus._target_": "lab.corpora.film_corpus.frames",
        "corpus.data": "/of/another/machine", "corpus.every": 2,
    }  # fmt: skip
    film = read_corpus_of_birth({"name": "a", "recipe": {"config": config}}, str(tmp_path))
    assert [piece.art for piece in film.train] == ["@..", "..@"]
    embedded = {"name": "a", "recipe": {"config": {**config, "corpus.path": "embedded"}}}
    assert read_corpus_of_birth(embedded, None).name == "silhouettes"


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("height", 10**9, "a frame of corpus.height and corpus.width has 1,000,000,000 lines"),
        ("width", 100, None),
        ("height", "9", "the birth certificate of a has corpus.height=9, which is not of the type"),
        ("every", True, "corpus.every=true, which is not of the type that frames takes"),
        ("rate", [1], "corpus.rate="),
        ("threshold", {"a": 1}, "corpus.threshold="),
        ("rate", 10, None),
        ("path", 7, "learned from a file that only its birth certificate names"),
    ],
)
def test_values_of_a_certificate_are_of_their_type_and_range(
    key: str, value: Any, said: str | None
) -> None:
    config = {
        "corpus._target_": "lab.corpora.film_corpus.frames",
        "corpus.path": "embedded", f"corpus.{key}": value,
    }  # fmt: skip
    birth = {"name": "a", "recipe": {"config": config}}
    if said is None:
        assert read_corpus_of_birth(birth, None).name == "silhouettes"
        return
    with pytest.raises(ValueError, match=re.escape(said)):
        read_corpus_of_birth(birth, None)


def test_only_a_run_under_root_with_its_own_config_names_paths(
    save_artist: Save, bars: Path
) -> None:
    artist = save_artist("a")
    assert paths_of_run(artist.path, ROOT) == {str(bars)}
    shutil.copytree(ROOT / "a", "elsewhere/a")
    (ROOT / "link").symlink_to(Path("elsewhere/a").resolve())
    for run in ("elsewhere/a", "experiments/link"):
        folder = Path(run) / "checkpoint" / "step-00000000"
        assert paths_of_run(folder, ROOT) == frozenset()
    shutil.copytree(artist.path, ROOT / "a" / "gen-0" / "checkpoint" / artist.path.name)
    assert paths_of_run(find_individual("a/gen-0", ROOT).path, ROOT) == {str(bars)}
    text = (ROOT / "a" / "config.yaml").read_text()
    (ROOT / "a" / "config.yaml").write_text(text.replace("bars", "other"))  # not its hash
    assert paths_of_run(artist.path, ROOT) == frozenset()
    assert paths_of_run(None, ROOT) == frozenset()


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.txt"
    path.write_text(SECRET * 60)
    return path


def forge(secret: Path, folder: Path) -> Individual:
    """An individual of running text, sound to its last byte, whose certificate names a file."""
    vocabulary = Vocabulary.from_texts([SECRET])
    config = {
        "corpus._target_": "lab.corpora.text.text", "corpus.path": str(secret),
        "corpus.context": 64, "corpus.gap": 0, "corpus.half": "all",
    }  # fmt: skip
    birth: dict[str, Any] = {
        "name": "stranger", "framing": None, "context": 64, "parents": [],
        "vocabulary": vocabulary.to_dict(), "recipe": {"kind": "trained", "config": config},
    }  # fmt: skip
    genotype = founder(Architecture(len(vocabulary), 16, 1, 1, 16), torch.Generator())
    save_individual(folder / "checkpoint" / "step-00000000", genotype, birth)
    return find_individual(str(folder), ROOT)


@pytest.mark.parametrize("with_config", [False, True])
def test_a_certificate_does_not_publish_a_file_of_yours(
    secret: Path,
    command_config: MakeConfig,
    capsys: pytest.CaptureFixture[str],
    with_config: bool,
) -> None:
    """A run from elsewhere, and one laid under root with a config that names the file too."""
    folder = ROOT / "stranger" if with_config else Path("from-the-net")
    artist = forge(secret, folder)
    if with_config:
        config = {"corpus": {"_target_": "lab.corpora.text.text", "path": str(secret)}}
        write_config(folder, config)
    assert read_training_corpora(artist, ROOT, None) == []
    words = ("sample", f"artist={folder}", "count=1", "galleries=shown")
    with pytest.raises(ValueError, match=r"no recorded training corpus: set prompt="):
        sample_run(command_config(*words))
    sample_run(command_config(*words, "prompt=the"))
    shown = list(Path("shown").iterdir())
    assert {path.name.partition(".")[2] for path in shown} == {"samples.jsonl", "md", "html"}
    printed = capsys.readouterr()
    texts = [printed.out, printed.err, *(path.read_text() for path in shown)]
    assert not any("third stone" in text or "key is" in text for text in texts)
    assert "take it by corpus.path=FILE" in printed.err
    with_file = read_training_corpora(artist, ROOT, None, str(secret))  # as the user says
    assert [corpus.provenance["source"] for corpus in with_file] == [["secret.txt"]]


def test_evaluation_says_how_to_give_the_file(secret: Path, command_config: MakeConfig) -> None:
    forge(secret, Path("from-the-net"))
    with pytest.raises(UngivenCorpus, match=r"not read: give it with corpus=text corpus\.path="):
        evaluate_individual(command_config("evaluate", "artist=from-the-net"))
