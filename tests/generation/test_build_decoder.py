"""The choice of a decoder: by the kind of model, and Numba where the work pays for it."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest
import torch

from lab.generation import build_decoder as choice
from lab.generation.batch_decoder import BatchDecoder
from lab.generation.ngpt_decoder import NgptDecoder
from lab.generation.numba_decoder import NumbaDecoder
from lab.models.genotype import Genotype, founder

CPU, PREFIX = torch.device("cpu"), [np.array([1, 2])]


def chosen(artist: Genotype, length: int) -> type[BatchDecoder]:
    return type(choice.build_decoder(artist, PREFIX, length, CPU))


def of(artist: Genotype, **changes: object) -> Genotype:
    changed = replace(artist.architecture, **changes)  # type: ignore[arg-type]
    return founder(changed, torch.Generator().manual_seed(0))


def test_long_work_is_done_by_numba(artist: Genotype, monkeypatch: pytest.MonkeyPatch) -> None:
    assert chosen(artist, choice.NUMBA_MIN_CHARACTERS) is NumbaDecoder
    monkeypatch.delitem(sys.modules, "numba", raising=False)
    assert chosen(artist, 9) is NgptDecoder


def test_without_numba_torch_does_it(artist: Genotype, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "is_numba_installed", lambda: False)
    assert chosen(artist, choice.NUMBA_MIN_CHARACTERS) is NgptDecoder


def test_other_models_have_decoders_of_their_own(artist: Genotype) -> None:
    assert chosen(of(artist, kind="llama"), choice.NUMBA_MIN_CHARACTERS) is BatchDecoder
    assert chosen(of(artist, residual="geodesic"), choice.NUMBA_MIN_CHARACTERS) is NgptDecoder
