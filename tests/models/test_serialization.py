"""Serialization: tensors come back bit for bit, and damaged bytes name their file."""

from pathlib import Path
from typing import Any

import pytest
import torch

from lab.models.genotype import Genotype
from lab.models.serialization import (
    describe_weight_fault,
    parse_birth,
    parse_tensor_bytes,
    tensor_bytes,
)
from lab.storage.verified_folder import DamagedIndividual

PATH = Path("some/file")


def test_tensors_come_back_bit_for_bit() -> None:
    tensors = {"rows": torch.randn(3, 4), "scales": torch.tensor([0.0, -0.0, 1e-40])}
    parsed = parse_tensor_bytes(tensor_bytes(tensors), PATH)
    assert parsed.keys() == tensors.keys()
    for name, tensor in tensors.items():
        assert torch.equal(parsed[name].view(torch.int32), tensor.view(torch.int32))


@pytest.mark.parametrize("data", [b"", b"no tensors", tensor_bytes({"a": torch.ones(9)})[:-1]])
def test_damaged_tensors_name_the_file(data: bytes) -> None:
    with pytest.raises(DamagedIndividual, match="some/file"):
        parse_tensor_bytes(data, PATH)


@pytest.mark.parametrize("data", [b"", b"{", b"[1]", b"[" * 100_000])
def test_a_damaged_certificate_names_the_file(data: bytes) -> None:
    with pytest.raises(DamagedIndividual, match="some/file is no birth certificate"):
        parse_birth(data, PATH)


def test_faults_of_weights_are_named(make: Any) -> None:
    one = make()
    rows, a = one.rows, one.architecture
    assert describe_weight_fault(one) == ""
    assert "off by 1" in describe_weight_fault(Genotype(a, 2 * rows, one.scales))
    assert "float32" in describe_weight_fault(Genotype(a, rows.double(), one.scales))
    assert "finite" in describe_weight_fault(Genotype(a, rows * float("nan"), one.scales))
