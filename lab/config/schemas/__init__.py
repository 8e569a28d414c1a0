"""Schemas: a command's keys, types and ranges, one dataclass a command; values are in conf/.

bench, breed, display, evaluate, export, model, pedigree, play, plot, sample, summarise, train
"""
