"""A training that was not given a file to write keeps the model that it finds there, under another name."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from nnbp import atomic, modelfile
from nnbp.cli.output import say
from nnbp.errors import RejectedFileError
from nnbp.modelfile import Model


@contextmanager
def keeping_previous(path: Path, model: Model) -> Iterator[None]:
    """Keep the file at the path, which this model replaces within the block, and say so on standard error.

    It gets the name NAME~, or NAME~2, NAME~3, … if that is taken; at every moment it has at least one name.
    Nothing is done if it is from an earlier run of the same training, which makes it again. Raises OSError.
    """
    endangered = _endangered(path, model)
    if endangered is None:
        yield
        return
    target, described = endangered
    backup = _second_name(target)
    try:
        yield
    except BaseException:
        _undo(backup, target)
        raise
    shown = backup if path.is_symlink() else path.with_name(backup.name)
    say(f"nnbp: the previous {path}{described} is now {shown}")


def _endangered(path: Path, model: Model) -> tuple[Path, str] | None:
    """The file that the model would replace, and a description of a model; None if nothing would be lost."""
    target = atomic.regular_file(path)
    if target is None or not target.exists():
        return None
    try:
        previous = modelfile.load(target)
    except (OSError, RejectedFileError):
        return target, ""
    if _is_same_training(previous, model):
        return None
    sizes = ",".join(map(str, previous.network.sizes))
    return target, f" ({sizes} on {previous.dataset}, seed {previous.training.seed})"


def _is_same_training(previous: Model, model: Model) -> bool:
    """Whether the model, which has just begun, will pass through the previous one."""
    settings = previous.settings
    # A resumption may have changed the number of epochs, and with it the rates of the epochs after it.
    straight = all(
        report.learning_rate == settings.rate(report.epoch) for report in previous.training.reports
    )
    return straight and _beginning(previous) == _beginning(model)


def _beginning(model: Model) -> tuple[object, ...]:
    return model.version, model.network.sizes, model.settings, model.origin


def _second_name(target: Path) -> Path:
    """The first free backup name, given to the file; it keeps the old name, too, until that is replaced."""
    for backup in _names(target):
        if not os.path.lexists(backup):
            try:
                os.link(target, backup)
            except OSError:  # a file system without hard links
                target.rename(backup)
            return backup
        # A training that was killed right here has left both names.
        if os.path.samestat(backup.lstat(), target.lstat()):
            return backup
    raise AssertionError("there is always another name")


def _undo(backup: Path, target: Path) -> None:
    """Take the backup name back, unless the new file has replaced the old one in spite of an error."""
    if not target.exists():
        backup.rename(target)
    elif backup.samefile(target):
        backup.unlink()


def _names(target: Path) -> Iterator[Path]:
    yield target.with_name(f"{target.name}~")
    for number in count(2):
        yield target.with_name(f"{target.name}~{number}")
