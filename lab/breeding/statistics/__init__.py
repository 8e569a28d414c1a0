"""Statistics: scores, effects, intervals and tests; no torch here.

window_scores     losses window by window, paired by window
vigor             a child's gain over its parents and controls, within one seed
control_arms      the declaration of a control arm, and the arms that lie in the lab
decomposition     vigor as advantages over controls
verdict_order     parents and controls in the order of a table
verdict_tables    verdicts as text tables
across_seeds      verdicts of several seeds, tested
bootstrap         block bootstrap over windows, BCa over seeds
hypothesis_tests  paired t, sign flips, equivalence, Holm
report_log        the log of every use of the report split
"""
