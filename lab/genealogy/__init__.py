"""Genealogy: pedigree, kinship, parentage tests by weights, and replay of crosses.

birth_certificate     the checked record of an individual, its parents and its recipe
certificate_folders   where birth certificates lie, loose or packed
family_tree           a pedigree drawn as Mermaid or as SVG
kinship               Wright's coefficients, row angles and task-vector cosines
kinship_report        an individual's closest relatives and common ancestors, as text
kinship_survey        pedigree and weight kinship of all pairs in some crosses, as JSON
kinship_table         relationship, row angle and task-vector cosine of pairs
pair_parentage        two parents, by least squares on the geodesic between them
pair_shortlist        a parentage test of every pair of many candidates, on a sample of rows
parentage_candidates  sketches of possible parents, in the child's own characters
parentage_doubts      why parents that fit are not certain: relatives, alphas, certificate
parentage_regression  the candidates that an individual is mixed from, by selection
parentage_report      a parentage test from weights alone among many candidates, as text
parentage_tables      each parent's coefficient in every layer and kind of tensor
parentage_verdict     the inferred parents, their confidence and the runner-up, as text
pedigree              a directed acyclic graph of individuals, built from their birth certificates
recorded_parents      the parents that a certificate lists, loaded with their vocabularies
registry              individuals under a root, found by name, folder or id prefix
replay                a bred child re-created from its parents and its recipe, bit for bit
tree_text             a pedigree drawn as indented lines
unsaved_generations   the children between the founders and the champion of an evolution
"""
