"""Operators: the crossover operators, one a file that shares its function's name.

slerp                spherical interpolation, row by row
nlerp                normalised average: the chord, put back on the sphere
lerp                 raw average: the chord itself
karcher              Karcher mean of any number of parents
frozen_attention     attention of one parent, the rest interpolated
discrete             every gene whole from one parent
ancestor_arithmetic  task vectors added, averaged, extrapolated or negated
ties                 task vectors trimmed, signs elected, the agreeing ones averaged
dare                 task vectors dropped at random, the rest rescaled
model_stock          from the ancestor towards the mean, as far as the angle says
fisher               Fisher-weighted mean
"""
