"""Config: what a command may be told, checked before anything is touched, errors in one line.

    door.py       the Hydra door: compose, check, call the command, one line for every user error
    message.py    any of those errors as one line
    checks.py     ranges, choices, names, and the functions that config files name
    build.py      a config node to the function or object that it names
    naming.py     names for the jobs of a sweep
    train.py      what `lab.train` may be told
    rearing.py    and what that asks of the training room
    scales.py     how large the next scale is

Only this room and the doors import hydra and omegaconf.
"""

from lab.config.command import command, conf_dir
from lab.config.instantiate import instantiate

__all__ = ["command", "conf_dir", "instantiate"]
