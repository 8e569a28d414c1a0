"""Families: what `lab.breed` is made of, between the rooms and the door.

household   whoever of a family is missing is reared, by the code of lab.train
guests      parents that were reared elsewhere, for parents=files
meeting     individuals brought together, what they are judged by, and their jury
cross       parents made ready for each other, and the search that crosses them
jury        scores on select, and on the sealed report split with every touch on record
watch       how far a search is, and what it says where it is interrupted
verdict     the child beside its parents and every control
offspring   champion and gen-0 child become individuals on disk
"""
