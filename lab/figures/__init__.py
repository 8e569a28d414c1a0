"""Figures: plots of results, from functions that notebooks and `lab.plot` share.

axes_style          one style of axes, colours for the colour-blind, PNG and SVG files
results             crosses under a folder as tidy tables
vigor_plots         forests of effects, decompositions, domains, angles
interpolation_plot  the loss between two parents, and its dip on a scale of its own
generations_plot    a search candidate by candidate
genealogy           the family tree coloured by bpc, kinship by pedigree against kinship by weights
gallery_plots       novelty, inheritance and a contact sheet of a gallery
"""
