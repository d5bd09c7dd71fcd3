"""What `--diagnose` measured after each epoch: saturation and the norms of δ, layer by layer."""

from collections.abc import Sequence

from nnbp.diagnoses import Diagnosis
from nnbp.notebook.learning_curve import thinned
from nnbp.notebook.markup import Element
from nnbp.report import chart, parts
from nnbp.report.chart import Line
from nnbp.report.series import STYLES
from nnbp.report.subject import Shown

# A chart has no room for the labels of more lines.
MAX_LAYERS = 12
MAX_ROWS = 40


def section(models: Sequence[Shown]) -> Element | None:
    """The charts of each model that was diagnosed; None if there is none."""
    if not any(shown.model.training.diagnosis for shown in models):
        return None
    return parts.section(
        "diagnosis",
        "Health of the layers",
        parts.note(
            "Saturated: the fraction of activations within 0.05 of 0 or 1, where neurons learn slowly. "
            "Norm of δ: how strongly errors reach a layer; the scale is logarithmic."
        ),
        *(parts.named(models, n, *_charts(shown.model.training.diagnosis)) for n, shown in enumerate(models)),
    )


def _charts(diagnoses: Sequence[Diagnosis]) -> list[Element]:
    if not diagnoses:
        return [parts.note("Trained without --diagnose.")]
    layers = range(len(diagnoses[0].layers))
    saturated = {
        n: [(d.epoch, v) for d in diagnoses if (v := d.layers[n].saturated) is not None] for n in layers
    }
    # A logarithmic scale has no place for 0.
    norms = {n: [(d.epoch, v) for d in diagnoses if (v := d.layers[n].delta_norm)] for n in layers}
    drawn = [
        chart.figure(title, unit, _lines(layers), logarithmic)
        for title, unit, layers, logarithmic in (
            ("Saturated activations", "%", saturated, False),
            ("Norm of δ", "", norms, True),
        )
        if any(layers.values())
    ]
    remark = next((d.remark for d in reversed(diagnoses) if d.remark), None)
    remarks = [] if remark is None else [parts.block("remark", remark, tag="p")]
    figures = parts.block("charts", *drawn)
    return [*remarks, figures, parts.details("The figures of each layer", _table(diagnoses))]


def _lines(layers: dict[int, chart.Points]) -> list[Line]:
    shown = [(n, points) for n, points in layers.items() if points][:MAX_LAYERS]
    return [Line(f"layer {n + 1}", n % STYLES, points, n >= STYLES) for n, points in shown]


def _table(diagnoses: Sequence[Diagnosis]) -> Element:
    rows = [
        (f"{d.epoch:,}", str(f.layer), _text(f.saturated), _text(f.delta_norm), _text(f.update))
        for d in (diagnoses[place] for place in thinned(len(diagnoses), MAX_ROWS))
        for f in d.layers
    ]
    header = ["epoch", "layer", "saturated", "norm of δ", "update"]
    return parts.table("Layers", header, rows)


def _text(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"
