"""The model-breeding lab: rear small character models on the hypersphere, breed them, measure.

The map of the house. Verbs are at the door, nouns in the rooms: `lab/<verb>.py` is a command that
reads its composed config, wires parts and writes records; `lab/<noun>/` is a room of plain
functions over tensors, strings and paths, which never sees a config, a tracker or a command line.

    train.py       rear one individual                     python -m lab.train +exp=styleA
    breed.py       cross a family, judge the child         python -m lab.breed parents=styles
    summarise.py   verdicts of many seeds in one table     python -m lab.summarise study=...
    sample.py      let individuals draw                    python -m lab.sample artist=styleA
    play.py        a film, as it is known by heart         python -m lab.play artist=bad_apple
    evaluate.py    score an individual on a split          python -m lab.evaluate artist=styleA
    pedigree.py    family tree, kinship, replay, adopt     python -m lab.pedigree of=NAME
    export.py      files that other engines read           python -m lab.export format=gguf ...
    display.py     a picture in an attention head         python -m lab.display picture=...
    bench.py       our speed beside a peer's, in one run   python -m lab.bench subject=training

    config/        what a command may be told; the only rooms that know Hydra are this and the doors
    records/       a run's folder, its numbers, its mirror in Weights & Biases
    models/        the hypersphere, the genotype, forward passes of each kind, individuals on disk
    corpora/       drawings, running text, films: where they come from, how they are split, framed
    training/      THE loop, scores, schedules, ranks, signals
    breeding/      crossover, search, pedigree, vigor
    families/      what lab.breed is made of: household, cross, jury, verdict, offspring
    galleries/     sampling, and showing what was drawn
    films/         what is known by heart: decoded fast, judged, played
    exports/       files for llama.cpp, llama2.c and the hub, and readers that check them
    attention/     a frozen attention head as a display: scores, factors, inputs, real models
    benchmarks/    one file a subject

Arrows: doors import rooms; training, breeding, galleries and benchmarks import models and corpora
(breeding only models); models and corpora import nothing of the lab. tests/test_house.py holds it.

Single capitals stand for shapes: B rows of a batch, T characters, H heads, D dim_head, V
characters of a vocabulary, R unit rows and S scales of a genotype.
"""
