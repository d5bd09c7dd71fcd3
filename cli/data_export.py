"""`nnbp data export`: images of a data set, written to files that other programs read."""

from collections.abc import Iterator

import click

from nnbp.cli import saving
from nnbp.cli.data_images import Chosen, Example, choose, indices_argument, split_option
from nnbp.cli.loading import STANDARD
from nnbp.cli.near import NearChoice
from nnbp.cli.options import complete_files, dataset_option, json_option
from nnbp.cli.output import Events
from nnbp.data.images.writing import KINDS, encode, kind_of

PLACE = "{index}"


@click.command
@indices_argument
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE",
    shell_complete=complete_files,
    help=f"File to write; - is stdout. With {PLACE} in its name, each image goes to a file of its own.",
)
@click.option(
    "--format",
    "kind",
    type=NearChoice(tuple(KINDS)),
    show_default="from the name's ending; idx for stdout",
    help="Format of the file.",
)
@dataset_option("mnist; sample if that is unavailable")
@split_option
@json_option
def export(
    indices: tuple[range, ...],
    output: str,
    kind: str | None,
    dataset: str | None,
    split: str,
    as_json: bool,
) -> None:
    """Write images of a data set to a file that `nnbp predict` and other programs read.

    INDEX is a number such as 7, or a range such as 0-9: the index in the data set's file, counted from 0, as
    in `nnbp gradients`. Formats: PGM, PNG (one image in a file), NPY, CSV (a line for each image) and IDX,
    gzipped (.gz) or not.

    \b
      nnbp data export 0-9 -o 'digit-{index}.png'
      nnbp data export 0-999 --split train -o thousand.npy
      nnbp data export 0-99 -o - | nnbp predict model.npz
    """
    output = saving.destination(output)
    chosen_kind = _kind(output, kind)
    if sum(map(len, indices)) > 1 and chosen_kind == "png" and PLACE not in output:
        raise click.BadParameter(
            f"a PNG holds one image; put {PLACE} into the name, as in 'digit-{PLACE}.png'", param_hint="'-o'"
        )
    chosen = choose(dataset, split, indices)
    events = Events(as_json, on_stderr=output == STANDARD)
    for name, examples, content in _contents(chosen, output, chosen_kind):
        chosen.dataset.check_unchanged()
        saving.write(name, content)
        # Without --json, a pipe gets only the file.
        if as_json or name != STANDARD:
            _report(events, chosen, name, chosen_kind, examples)


def _kind(output: str, kind: str | None) -> str:
    """The format to write. Raises a usage error if neither the name nor --format says it."""
    found = kind or ("idx" if output == STANDARD else kind_of(output))
    if found is None:
        raise click.BadParameter(
            f"the format of {output!a:.100} is not clear from its ending; choose one with --format",
            param_hint="'-o'",
        )
    return found


def _contents(chosen: Chosen, output: str, kind: str) -> Iterator[tuple[str, list[Example], bytes]]:
    """The name of each file, its examples, and its bytes."""
    import numpy as np

    if PLACE in output:
        for example in chosen:
            yield output.replace(PLACE, str(example.index)), [example], encode(example.image[None], kind)
    else:
        examples = list(chosen)
        yield output, examples, encode(np.stack([example.image for example in examples]), kind)


def _report(events: Events, chosen: Chosen, name: str, kind: str, examples: list[Example]) -> None:
    labels = [example.label for example in examples]
    values = {
        "path": name,
        "format": kind,
        "dataset": chosen.dataset.name,
        "split": chosen.split,
        "indices": [example.index for example in examples],
        "labels": labels,
    }
    shown = f"label {labels[0]}" if len(labels) == 1 else f"{len(labels):,} images"
    events.event("exported", values, f"{name}  {shown}")
