"""Corpus paths: which corpora, and which files, a birth certificate may have the lab read.

A certificate may come from anywhere, so a path in it is data. It is read where the config of the
run itself, which lies under root, names the same path, or where the user names a file instead.
Corpora that the lab brings (bestiary, enwik8, ...) are known by their names and need no path.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, get_args, get_type_hints

from omegaconf import OmegaConf

from lab.config.command import conf_dir
from lab.config.instantiate import find_function, instantiate
from lab.config.validation import format_yaml_value
from lab.records.config_hash import flatten_config
from lab.records.finished_runs import run_folder_of
from lab.records.run import read_config
from lab.storage.contained_names import NAME_PATTERN

NO_FILE = (None, "embedded", "badapplelib")  # values of corpus.path that name no file of the user's


class UnknownCorpus(ValueError):  # noqa: N818 - the name says what is wrong
    """A birth certificate names no corpus that the lab can read."""


class UngivenCorpus(UnknownCorpus):
    """A birth certificate names a file that neither a run here nor the user names."""


def read_corpus_of_birth(
    birth: Mapping[str, Any],
    data: str | None,
    run_paths: Collection[str] = (),
    path: str | None = None,
) -> Any:
    """Read again the corpus of a birth certificate, from the data folder `data`.

    run_paths: the paths that the run's own config names (`paths_of_run`); path: the user's file,
    read instead. UnknownCorpus where the certificate names no corpus of the lab, or gives it a
    value of another type, UngivenCorpus where it names any other path; also what reading it raises.
    """
    config = birth.get("recipe", {}).get("config", {})
    name = str(config.get("corpus._target_", "")).rpartition(".")[2]
    yaml = conf_dir() / "corpus" / f"{name}.yaml"
    if not NAME_PATTERN.fullmatch(name) or not yaml.is_file():
        raise UnknownCorpus(f"{birth.get('name')} was not born of one of the lab's corpora")
    node: Any = OmegaConf.to_container(OmegaConf.load(yaml), resolve=False)
    overrides = {key: config[f"corpus.{key}"] for key in node if f"corpus.{key}" in config}
    if "path" in node:
        recorded = overrides.get("path", node["path"])
        if path is None and recorded not in NO_FILE and recorded not in run_paths:
            label = birth.get("name") or "it"
            raise UngivenCorpus(
                f"{label} learned from a file that only its birth certificate names, "
                "which is not read"
            )
        overrides["path"] = path or recorded
    data_override = {"data": data} if "data" in node else {}
    _require_types(str(birth.get("name")), node["_target_"], overrides)
    return instantiate({**node, **overrides, **data_override, "_target_": node["_target_"]})


def _require_types(name: str, target: str, values: Mapping[str, Any]) -> None:
    """Refuse a certificate's value that is not of its parameter's type; a range is the corpus's."""
    types = get_type_hints(find_function("corpus", target))
    for key, value in ((key, value) for key, value in values.items() if key in types):
        legal = types[key]
        takes_integers = legal is float or float in get_args(legal)
        is_legal = isinstance(value, legal) or (takes_integers and isinstance(value, int))
        if not is_legal or (isinstance(value, bool) and legal is not bool):
            raise UnknownCorpus(
                f"the birth certificate of {name} has corpus.{key}={format_yaml_value(value)[:80]},"
                f" which is not of the type that {target.rpartition('.')[2]} takes"
            )


def names_a_file(birth: Mapping[str, Any]) -> bool:
    """Whether the corpus of a birth certificate is a file or a folder of somebody's."""
    config = birth.get("recipe", {}).get("config", {})
    return config.get("corpus.path") not in NO_FILE


def paths_of_run(folder: Path | None, root: Path) -> frozenset[str]:
    """The corpus paths that the config of an individual's run names; empty for a run elsewhere.

    folder is the individual's, or None. Its run, or the run that keeps it, must lie under root
    without a link that leads out of it, and its config.yaml must match its own hash.
    """
    base = root.expanduser().resolve()
    run = run_folder_of(folder.resolve()) if folder else base
    while base in run.parents:
        try:
            config = flatten_config(read_config(run))
        except OSError:
            run = run.parent
            continue
        except ValueError:
            break
        return frozenset(
            str(value) for key, value in config.items() if key.endswith(".path") and value
        )
    return frozenset()
