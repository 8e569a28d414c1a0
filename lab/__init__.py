"""Model-breeding lab: train small character models on the hypersphere, cross them, measure vigor.

Commands, one file each: docstring, call of a workflow, print.

    train.py       train one individual                    python -m lab.train +exp=styleA
    breed.py       cross a family, evaluate the child      python -m lab.breed parents=styles
    sample.py      draw pieces into a gallery              python -m lab.sample artist=styleA
    evaluate.py    score an individual on a split          python -m lab.evaluate artist=styleA
    pedigree.py    family tree, kinship, replay, import    python -m lab.pedigree of=NAME
    summarise.py   tables and tests over seeds             python -m lab.summarise study=...
    plot.py        figures of a study or a gallery         python -m lab.plot study=...
    play.py        a memorised film                        python -m lab.play artist=bad_apple
    export.py      files that other engines read           python -m lab.export format=gguf ...
    display.py     a picture in an attention map           python -m lab.display picture=...
    __main__.py    the list of these                       python -m lab
    bench.py       speed beside a peer library             python -m lab.bench subject=training

Packages, each of plain functions and small classes over tensors, strings and paths:

    workflows/       what wires the other packages by a config
    config/          composing, checking and documenting a config
    benchmarks/      our speed beside peers, one file a subject
    figures/         plots
    attention_maps/  pictures displayed in attention heads
    exports/         files for llama.cpp, llama2.c and the Hugging Face Hub, and their readers
    films/           frames of a memorised film: generated, scored, rendered, played
    galleries/       drawn pieces: novelty, validity, attribution to parents, pages
    genealogy/       pedigree, kinship, parentage by weights, replay
    breeding/        crossover operators, coefficient search, alignment, statistics
    training/        the training loop, optimizers, schedules, scoring
    generation/      KV caches, decoders, token sampling, speculative decoding
    records/         run folders, metrics, config hashes, the mirror in Weights & Biases
    models/          the genotype, forward passes of each kind, individuals on disk
    corpora/         datasets, vocabularies, framing, splits, batches
    kernels/         loops compiled by Numba, an optional extra
    storage/         durable files and verified folders
    terminal/        safe text, pager, progress

Imports point down these lists: commands -> workflows -> packages -> models, corpora ->
kernels, storage, terminal. Only commands, workflows/ and config/ see a config. tests/test_house.py
checks it.

Single capitals stand for shapes: B rows of a batch, T characters, H heads, D dim_head, V
characters of a vocabulary, R unit rows and S scales of a genotype.
"""
