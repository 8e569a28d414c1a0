"""Alignment: later parents moved into the basis of the first.

symmetry             the moves that leave an nGPT's function as it is
alignment            the symmetry that brings one parent nearest to another
linear_assignment    the matching that alignment solves
"""
