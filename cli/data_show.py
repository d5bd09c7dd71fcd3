"""`nnbp data show`: images of a data set, drawn in the terminal."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

import click

from nnbp.cli import drawing
from nnbp.cli.data_images import Chosen, Example, choose, indices_argument, split_option
from nnbp.cli.distort_options import distort_options, distortion_from
from nnbp.cli.grouped import GroupedOption
from nnbp.cli.options import dataset_option, json_option
from nnbp.cli.output import Events, say
from nnbp.distortions import Distortion


@click.command
@indices_argument
@dataset_option("mnist; sample if that is unavailable")
@split_option
@distort_options
@click.option(
    "--seed",
    cls=GroupedOption,
    metavar="N",
    type=click.IntRange(0, 2**64 - 1),
    show_default="random",
    help="Seed of the distortion.",
)
@click.option("--deskew", is_flag=True, help="Show them deskewed, as `nnbp train --deskew` uses them.")
@json_option
def show(
    indices: tuple[range, ...],
    dataset: str | None,
    split: str,
    deskew: bool,
    distort: str | None,
    seed: int | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Draw images of a data set in the terminal.

    INDEX is a number such as 7, or a range such as 0-9: the index in the data set's file, counted from 0, as
    in `nnbp gradients`. Each image has its index and label above it.

    \b
      nnbp data show 0-5
      nnbp data show 17 --split train --dataset fashion-mnist
      nnbp data show 7 7 7 --distort full --rotate 20
      nnbp data show 0 --json | jq -c '.pixels[]'
    """
    distortion = distortion_from(distort, given)
    if distortion is None and seed is not None:
        say("nnbp: warning: --seed has no effect without a distortion")
    chosen = choose(dataset, split, indices)
    if deskew:
        chosen = replace(chosen, dataset=chosen.dataset.deskewed)
    examples = chosen if distortion is None else _distorted(chosen, distortion, seed)
    if as_json:
        _write_events(chosen, examples)
    else:
        _draw(chosen, examples)
    chosen.dataset.check_unchanged()


def _distorted(chosen: Chosen, distortion: Distortion, seed: int | None) -> Iterator[Example]:
    import numpy as np

    from nnbp.distorter import Distorter

    shape = chosen.dataset.image_shape
    try:
        distorter = Distorter(distortion, shape, np.random.default_rng(seed))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="'--dataset'") from error
    for example in chosen:
        yield replace(example, image=distorter.distort(example.image.reshape(1, -1)).reshape(shape))


def _write_events(chosen: Chosen, examples: Iterable[Example]) -> None:
    events = Events(as_json=True)
    for example in examples:
        values = {
            "index": example.index,
            "label": example.label,
            "split": chosen.split,
            "dataset": chosen.dataset.name,
            "pixels": example.image.tolist(),
        }
        events.event("image", values, "")


def _draw(chosen: Chosen, examples: Iterable[Example]) -> None:
    remaining = iter(examples)
    # All lines have the columns that the longest caption needs.
    highest = max(part[-1] for part in chosen.ranges)
    longest = len(_caption(highest, chosen.dataset.classes - 1))
    beside = drawing.per_line(max(longest, chosen.dataset.image_shape[1]))
    while line := list(islice(remaining, beside)):
        captions = [_caption(example.index, example.label).ljust(longest) for example in line]
        click.echo(drawing.drawing([example.image for example in line], captions))


def _caption(index: int, label: int) -> str:
    return f"{index}: {label}"
