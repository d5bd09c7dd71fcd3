"""`nnbp data show`: images of a data set, drawn in the terminal."""

from dataclasses import replace
from itertools import islice

import click

from nnbp.cli import drawing
from nnbp.cli.data_images import Chosen, choose, indices_argument, split_option
from nnbp.cli.options import dataset_option, json_option
from nnbp.cli.output import Events


@click.command
@indices_argument
@dataset_option("mnist; sample if that is unavailable")
@split_option
@click.option("--deskew", is_flag=True, help="Show them deskewed, as `nnbp train --deskew` uses them.")
@json_option
def show(indices: tuple[range, ...], dataset: str | None, split: str, deskew: bool, as_json: bool) -> None:
    """Draw images of a data set in the terminal.

    INDEX is a number such as 7, or a range such as 0-9: the index in the data set's file, counted from 0, as
    in `nnbp gradients`. Each image has its index and label above it.

    \b
      nnbp data show 0-5
      nnbp data show 17 --split train --dataset fashion-mnist
      nnbp data show 0 --json | jq -c '.pixels[]'
    """
    chosen = choose(dataset, split, indices)
    if deskew:
        chosen = replace(chosen, dataset=chosen.dataset.deskewed)
    if as_json:
        _write_events(chosen)
    else:
        _draw(chosen)
    chosen.dataset.check_unchanged()


def _write_events(chosen: Chosen) -> None:
    events = Events(as_json=True)
    for example in chosen:
        values = {
            "index": example.index,
            "label": example.label,
            "split": chosen.split,
            "dataset": chosen.dataset.name,
            "pixels": example.image.tolist(),
        }
        events.event("image", values, "")


def _draw(chosen: Chosen) -> None:
    examples = iter(chosen)
    # All lines have the columns that the longest caption needs.
    highest = max(part[-1] for part in chosen.ranges)
    longest = len(_caption(highest, chosen.dataset.classes - 1))
    beside = drawing.per_line(max(longest, chosen.dataset.image_shape[1]))
    while line := list(islice(examples, beside)):
        captions = [_caption(example.index, example.label).ljust(longest) for example in line]
        click.echo(drawing.drawing([example.image for example in line], captions))


def _caption(index: int, label: int) -> str:
    return f"{index}: {label}"
