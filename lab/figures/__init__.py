"""Figures: plots of results, from functions that notebooks and `lab.plot` share.

canvas      the one look: axes, colours that the colour-blind tell apart, PNG and SVG files
results     crosses under a folder as tidy tables
vigor       interpolation curves, forests of effects, generations, domains, angles
genealogy   the family tree coloured by bpc, kinship on paper against kinship in the weights
review      novelty, inheritance and a contact sheet of a gallery
"""
