"""Controls: one file per control arm, found by walking this package.

A file declares ARM, a `lab.breeding.statistics.control_arms.ControlArm`; conf/controls/arms lists
the files that are computed, in the order in which they are scored on report.

ancestor            the nearest common ancestor of the parents
gen0_child          the first child of the search, halfway between the parents
ensemble            the parents' averaged predictions
nlerp               the normalized average at the champion's alpha
raw_average         the average that leaves the sphere, at the champion's alpha
parent_ema          each parent's exponential moving average of its own path
parent_last         each parent's mean over its last checkpoints
best_random         the best on select of children with random coefficients
best_parent_twice   the best parent, trained for twice the steps
union_once          the ancestor trained on the union of the halves, same steps
union_twice         the same for twice the steps
siblings_child      the child of two siblings that were trained on the same data
"""
