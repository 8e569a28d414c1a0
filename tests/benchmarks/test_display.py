"""The display's benchmark compares like with like: every figure defined, the same frames."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.benchmarks.display import COLUMNS, SHAPES, load_film_frames, run


def test_every_figure_is_defined() -> None:
    rows = run("debug", frames=1, longer=2, steps=20, polishing=5)
    assert list(rows) == [
        "shadows: original, Adam", "shadows: ours, its target", "shadows: ours",
        "shadows: ours, whole frame in two heads", "shadows: ours, two sweeps",
    ]  # fmt: skip
    assert all(set(row) == set(COLUMNS) for row in rows.values())
    assert rows["shadows: original, Adam"]["faster"] == 1
    assert all(row["use"] <= 1 + 1e-4 and row["cpu"] > 0 for row in rows.values())
    assert rows["shadows: ours"]["psnr"] > rows["shadows: original, Adam"]["psnr"] + 10


def test_sizes_are_what_they_are_called() -> None:
    assert SHAPES["gpt2-xl"] == (1600, 25)


def test_frames_are_enlarged_with_soft_edges(tmp_path: Path) -> None:
    frame = "\n".join(["." * 10 + "@" * 10] * 10)
    (tmp_path / "film.txt").write_text("nekomark\n".join([frame + "\n"] * 3))
    found = load_film_frames("film.txt", 2, 32, str(tmp_path))
    assert found.shape == (2, 32, 32)
    assert float(found[0, :, :12].max()) == 0 and float(found[0, :, 20:].min()) == 1


@pytest.mark.parametrize("wrong", [{"size": "huge"}, {"films": []}, {"frames": 0}, {"steps": 3}])
def test_a_wrong_measurement_is_one_line(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="subject"):
        run(**{"size": "debug", **wrong})  # type: ignore[arg-type]
