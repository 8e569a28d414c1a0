"""Families: what `lab.breed` is made of, between the rooms and the door.

household   whoever of a family is missing is reared, by the code of lab.train
cross       parents made ready for each other, and the search that crosses them
jury        scores on select, and on the sealed report split with every touch on record
verdict     the child beside its parents and every control
offspring   champion and gen-0 child become individuals on disk
"""
