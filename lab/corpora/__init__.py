"""Corpora: what individuals learn from, in three splits, with their vocabulary and fingerprint.

`drawings.Drawings` holds labelled drawings: the embedded bestiary and the user's own files
(`drawings`), the hand-drawn collection (`apehex`), drawings made of photographs (`mrzjy`).
`text.Text` holds running text: the user's own (`text`) and the start of Wikipedia (`enwik8`).
`framing` makes a drawing one string, `vocabulary` a string ids, `batches` what a model is shown.

Everything here is plain functions of paths and values; nothing of the lab is imported.
"""
