"""`nnbp data`: the data sets and their cache."""

import click

from nnbp import data as datasets
from nnbp.cli import signals
from nnbp.cli.lazy import LazyGroup
from nnbp.cli.near import NearChoice
from nnbp.cli.options import json_option
from nnbp.cli.output import Events, Terminal
from nnbp.errors import DownloadError

_NAMES = NearChoice(datasets.names())


_VERBS = {
    "list": "List the built-in data sets and whether they are cached.",
    "fetch": "Download data sets into the cache.",
    "verify": "Compare cached files with their SHA-256.",
    "path": "Print the cache folder, or the folder of a data set.",
    "show": "Draw images of a data set in the terminal.",
    "export": "Write images of a data set to a file that other programs read.",
}


@click.group(cls=LazyGroup, package="nnbp.cli", prefix="data_", verbs=_VERBS)
def data() -> None:
    """List, download, verify, locate, show and export the data sets.

    \b
      nnbp data fetch fashion-mnist
      nnbp data show 0-9
      nnbp data export 0-9 -o 'digit-{index}.png'
    """


@data.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List the built-in data sets and whether they are cached."""
    events = Events(as_json)
    for entry in datasets.REGISTRY.values():
        states = {file.state for file in datasets.verify(entry.name)}
        state = next(s for s in ("damaged", "missing", "good") if s in states)
        values = {
            "dataset": entry.name,
            "training_examples": entry.train_examples,
            "test_examples": entry.test_examples,
            "pixels": entry.pixels,
            "classes": entry.classes,
            "state": state,
            "folder": str(datasets.folder(entry.name)),
            "licence": entry.licence,
        }
        short = entry.licence.partition(",")[0]
        counts = f"{entry.train_examples:>6,} training, {entry.test_examples:>6,} test"
        events.event("dataset", values, f"{entry.name:13}  {counts}  {state:7}  {short}")


@data.command
@click.argument("names", metavar="[NAME]...", type=_NAMES, nargs=-1)
@json_option
def fetch(names: tuple[str, ...], as_json: bool) -> None:
    """Download data sets into the cache.

    The default is MNIST. Intact files are not downloaded again.
    """
    events = Events(as_json)
    signals.install()
    for name in names or ("mnist",):
        with Terminal() as terminal:
            paths = datasets.fetch(name, terminal)
        for path in paths:
            events.event("file", {"dataset": name, "path": str(path)}, str(path))


@data.command
@click.argument("names", metavar="[NAME]...", type=_NAMES, nargs=-1)
@json_option
def verify(names: tuple[str, ...], as_json: bool) -> None:
    """Compare cached files with their SHA-256.

    The default is all data sets. The status is 4 if a file is damaged, or if you name a data set
    and one of its files is missing.
    """
    events = Events(as_json)
    wrong = None
    for name in names or datasets.names():
        for file in datasets.verify(name):
            values = {
                "dataset": name,
                "path": str(file.path),
                "state": file.state,
                "bytes": file.bytes,
                "expected_sha256": file.expected,
                "found_sha256": file.found,
            }
            events.event("file", values, f"{file.state:7}  {file.path}")
            if file.state == "damaged" or (names and file.state == "missing"):
                wrong = wrong or DownloadError(str(file.path), file.problem, _remedy(name, file))
    if wrong is not None:
        raise wrong


def _remedy(name: str, file: datasets.FileState) -> str:
    if datasets.REGISTRY[name].bundled:
        return "reinstall nnbp"
    return "remove it" if file.in_the_way else f"run `nnbp data fetch {name}` to get it"


@data.command
@click.argument("name", metavar=f"[{'|'.join(datasets.names())}]", required=False, type=_NAMES)
def path(name: str | None) -> None:
    """Print the cache folder, or the folder of a data set."""
    click.echo(str(datasets.folder(name)))
