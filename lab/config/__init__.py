"""Config: Hydra composes a command's config, a schema checks it; a user's error is one line.

    command.py        the decorator of a command: compose, check, call, one line for every error
    help.py           the page that --help prints
    yaml_comments.py  the comments of YAML files, as the meaning of their keys
    typed_options.py  arguments with dashes, of which there are few
    conf_folder.py    where the YAML files are
    errors.py         any user's error as one line
    legal_values.py   the values that a key may have, and how a refusal says them
    node_values.py    what each key of a node may be, by the node's function
    text_values.py    text keys, kept as typed where Hydra would read numbers
    validation.py     ranges, choices, names, and the nodes that name functions
    instantiate.py    a node that names a function, called
    renamed_keys.py   older names of keys, accepted on the command line
    run_names.py      a name for each job of a sweep
    termination.py    SIGINT and SIGTERM: one line, and the exit code of a shell
    scales.py         model size and training length of a scale
    schemas/          a command's keys, types and ranges, one dataclass a command

Only this package, workflows/ and the commands import hydra and omegaconf.
"""

from lab.config.command import command
from lab.config.conf_folder import conf_dir
from lab.config.instantiate import instantiate

__all__ = ["command", "conf_dir", "instantiate"]
