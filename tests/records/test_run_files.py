"""Run files: what is read back is what was written, and damage is one line that names the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.records import Run
from lab.records.run_files import read_config, read_result, set_aside


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a finished run."""
    with Run(tmp_path, "mine", {"a": 1}) as run:
        run.finish({"loss": 2.0})
    return run.folder


def test_a_config_is_read_as_written_and_refused_when_edited(folder: Path) -> None:
    assert read_config(folder) == {"a": 1}
    path = folder / "config.yaml"
    path.write_text(path.read_text().replace("a: 1", "a: 2"))
    with pytest.raises(ValueError, match=r"config\.yaml is not as it was written"):
        read_config(folder)


def test_a_result_is_read_and_refused_when_damaged(folder: Path) -> None:
    result = read_result(folder)
    assert result is not None and result["loss"] == 2.0
    (folder / "result.json").write_text("[1]")
    with pytest.raises(ValueError, match=r"result\.json is damaged"):
        read_result(folder)
    (folder / "result.json").unlink()
    assert read_result(folder) is None


def test_a_folder_is_set_aside_whole_under_names_of_its_own(folder: Path) -> None:
    aside = [set_aside(folder)]
    folder.mkdir()
    aside.append(set_aside(folder))
    assert not folder.exists() and len(set(aside)) == 2
    assert (aside[0] / "result.json").exists() and aside[0].name.startswith("mine.")


@pytest.mark.timeout(20)
@pytest.mark.parametrize("text", ["a: &b [x]\nc: [*b, *b]\n", "[" * 5000, ""])
def test_a_config_that_unfolds_or_is_deep_is_refused_by_its_head(folder: Path, text: str) -> None:
    head = (folder / "config.yaml").read_text().partition("\n")[0]
    (folder / "config.yaml").write_text(f"{head}\n{text}")
    with pytest.raises(ValueError, match=r"config\.yaml is not as it was written"):
        read_config(folder)


def test_an_empty_result_completes_no_run(folder: Path) -> None:
    (folder / "result.json").write_text("{}")
    with pytest.raises(ValueError, match=r"result\.json is of another run"):
        Run(folder.parent, "mine", {"a": 1}).__enter__()
