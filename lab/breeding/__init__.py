"""Breeding: children from parents by crossover, with no gradient and no access to a corpus.

An operator is a pure function, `lab.breeding.operators.<name>.<name>`:

    @operator(coefficient="alpha" | "weights" | "share" | None, ...)  see operator_traits
    operator(parents, *, <its parameters>, ancestor=None, generator=None) -> Genotype

parents is a sequence of genotypes; one that needs the ancestor, a generator or an importance
raises ValueError where it is missing. A parameter `alpha` goes from 0 (the first parent) to 1
(the second) and may vary by layer and kind (`alpha_field`); `weights` gives each parent its share.
The child has the first parent's architecture and shares no storage with anyone.

Every operator keeps the contract that tests/breeding/test_contract.py applies to each choice in
conf/crossover: unit rows to 1e-6 (save where it declares unit_rows=False), a parent crossed
with itself comes back, alpha or weights at an end return that parent, the same generator gives
the same child, and op(g A, g B) = g op(A, B) for every symmetry g of the model; operators that
draw or count genes keep the last one when the draw moves with the genes. Where rows are free (a
LLaMA) the same holds in flat space (`geometry`); slerp, nlerp and karcher refuse such parents.

A row on which no direction is defined does not pass in silence. NaN, zero or otherwise not of
unit length: refused by `compatibility`, with parent, tensor and row. Parallel: inherited as it is.
Antipodal: the geodesic's nearer end (slerp, frozen_attention), the first parent (nlerp halfway,
karcher, fisher), the zero row that it is (lerp halfway); those that start at the ancestor look from
there, where the parents have two directions like any other two.

operators/         the crossover operators, one a file
search/            searches for the coefficients of a cross, and what scores their candidates
alignment/         the symmetry that brings one parent nearest to another
statistics/        effects, intervals and tests
operator_traits    what a crossover or mutation operator declares of itself
crossover          an operator bound to its parameters and to the coefficients of a search
cross_checks       refusal of operator, search and mutation that do not go together
prepare_parents    parents brought to one vocabulary and one basis
compatibility      which parents may be crossed, and a table of what differs where not
vocabularies       parents of unequal vocabularies, matched by character
genes              units that move whole, as labels over rows and scales
alpha_field        one alpha a layer, a kind, or both, spread over rows and scales
recombination      how scales combine, weights of parents, row-wise work tensor by tensor
geometry           the sphere and flat space: log, exp, means
task_vectors       what a child learned since its ancestor, as tangent vectors
mutation           none, tangent
recipe             a child's recipe, as its birth certificate keeps it
"""
