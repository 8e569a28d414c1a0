"""The artist that the tests of generation draw with."""

from tests.generation.conftest import artist

__all__ = ["artist"]
