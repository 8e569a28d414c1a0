"""Workflows: what each command does, by the functions of other rooms and a checked config.

Training and its corpora

train                one individual from a config to a finished run: prepare, then run_training
run_training         a prepared setup, trained and scored in an open run folder
run_ending           samples and free-running evaluation of a trained individual, by corpus kind
run_logger           metrics to the record and to the console
next_scale           the estimated training time of the next larger model on this machine
training_corpora     the corpora that an individual, or its ancestors, were trained on
corpus_paths         which corpora and files a birth certificate may have the lab read
import_checkpoint    a foreign checkpoint becomes a finished run

Breeding

breed                a family trained, crossed, searched and scored in a run's folder
family_configs       the config of each member of a family, and the folder that members share
train_family         the missing members of a family, trained as lab.train would
external_parents     individuals of other runs as parents
cross_setup          parents, operator, mutation and search, checked and bound
breeding_setup       prepared parents, the datasets they are scored on, calibration windows
calibration          the training windows that an operator with data is given
split_scorer         scores on select and, each use logged, on report
run_search           a search over children, every request and score in a log
search_progress      lines on how far a search is
search_metrics       each scored child in metrics.jsonl, and what the search cost
searched_cross       parents, the result of the search between them, their scores on select
control_setting      what a control arm may use to compute its scores
evaluate_controls    a child beside its parents and its control arms
controls/            one file per control arm
save_children        the champion and the gen-0 child as individuals on disk
verify_replay        a bred child rebuilt from parents and recipe, compared bit for bit
home_advantage       how much better forks score on their own half of enwik8

Reading, drawing, writing

evaluate             an individual's split: its dataset, windows and record
evaluate_individual  the command's run: load, score every window, write the record
sample               the command's run: draw into a gallery, show one, draw one again
draw_gallery         artists draw a gallery's pieces
play                 an individual generates frames of a film, shown or written to a file
display              pictures and films shown in frozen attention heads
display_run          the command's run, with a folder of its own
export               an individual as the files of an engine, read back and compared
pedigree             an individual's family tree as text, Mermaid or SVG, with its kinship
summarise            finished crosses and ablations grouped into studies, tested over seeds
plot                 the figures that the records of a study or a gallery give
bench                one benchmark measured, its figures written and set in a table
"""
