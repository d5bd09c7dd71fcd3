"""`nnbp export`: a model as a file of another format."""

from importlib import import_module
from pathlib import Path

import click

from nnbp.cli import blas, loading, saving
from nnbp.cli.near import NearChoice
from nnbp.cli.options import complete_files, json_option, model_argument
from nnbp.cli.output import Events, say

# The formats, with the modules of nnbp.exchange that write them.
FORMATS = {"onnx": "to_onnx", "safetensors": "to_safetensors"}


@click.command
@model_argument
@click.option(
    "-o",
    "--output",
    required=True,
    shell_complete=complete_files,
    metavar="FILE",
    help="File to write, .onnx or .safetensors; with - it goes to stdout, and the event to stderr.",
)
@click.option(
    "--format",
    "kind",
    type=NearChoice(list(FORMATS)),
    show_default="the ending of FILE",
    help="Format to write.",
)
@click.option(
    "--float32",
    is_flag=True,
    help="In ONNX, compute in float32, for runtimes without float64; safetensors are always float32.",
)
@json_option
def export(model: str, output: str, kind: str | None, float32: bool, as_json: bool) -> None:
    """Write MODEL (- for stdin) in a format that other programs read.

    ONNX has the whole network: from pixels 0-1 to probabilities and labels, which it computes in float64.
    safetensors has only its weights and biases. Each needs the package of its name:
    pip install 'nnbp[onnx,safetensors]'.

    \b
      nnbp export model.npz -o model.onnx
      nnbp export model.npz -o model.safetensors
      nnbp export model.npz -o - --format onnx | sha256sum
    """
    blas.use_threads()
    kind = kind or _by_ending(output)
    output = saving.destination(output, [model])
    trained = loading.read(model)
    exchange = import_module(f"nnbp.exchange.{FORMATS[kind]}")
    options = {"float32": float32} if kind == "onnx" else {}
    content = exchange.to_bytes(trained, **options)
    saving.write(output, content)
    if trained.settings.deskew:
        say(
            "nnbp: warning: the model takes deskewed images, but the file has only the network; "
            "deskew them first, as nnbp.data.deskew does"
        )
    to_stdout = output == loading.STANDARD
    names = {"inputs": list(exchange.INPUTS), "outputs": list(exchange.OUTPUTS)}
    values = {"model": model, "path": output, "format": kind, "bytes": len(content), **names}
    where = "standard output" if to_stdout else output
    Events(as_json, on_stderr=to_stdout).event(
        "exported_model", values, f"{kind}, {len(content):,} bytes; written to {where}"
    )


def _by_ending(output: str) -> str:
    """The format that the ending of the file's name stands for. Raises a usage error if there is none."""
    ending = Path(output).suffix.lower().removeprefix(".")
    if ending in FORMATS:
        return ending
    raise click.BadParameter(
        f"{output!r} ends neither in .onnx nor in .safetensors; name such a file, or give --format",
        param_hint="'--output'",
    )
