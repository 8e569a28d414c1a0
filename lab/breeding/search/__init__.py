"""Search: coefficients and children chosen by their scores on the select split.

search_traits        what a search declares of itself
search_space         the vector of coefficients between bounds
coefficient_search   none, grid, golden section, CMA-ES, random draws
evolution            a population over generations
selection            truncation, tournament, niches
racing               many candidates on few windows, few candidates on many
evaluator            the scores of candidates, each child scored once
search_history       the generation and the share of windows of every score
search_log           the write-ahead log that a killed search is replayed from
child_builder        children built from recipes
genotype_cache       built children, within a budget of bytes
"""
