"""Genealogy: pedigree, kinship, parentage by weights, replay."""
