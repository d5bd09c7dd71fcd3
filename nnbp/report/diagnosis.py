"""What `--diagnose` measured after each epoch: saturation and the norms of δ, layer by layer."""

from collections.abc import Sequence

from nnbp.diagnoses import Diagnosis
from nnbp.notebook.markup import Element, element
from nnbp.report import chart, parts
from nnbp.report.chart import Line
from nnbp.report.subject import Shown

# A chart has no room for the labels of more lines.
MAX_LAYERS = 12
MAX_ROWS = 40


def section(models: Sequence[Shown]) -> Element | None:
    """The charts of each model that was diagnosed; None if there is none."""
    diagnosed = [shown for shown in models if shown.model.training.diagnosis]
    if not diagnosed:
        return None
    several = len(models) > 1
    return parts.section(
        "diagnosis",
        "Health of the layers",
        parts.note(
            "Saturated: the fraction of activations within 0.05 of 0 or 1, where neurons learn slowly. "
            "Norm of δ: how strongly errors reach a layer; the scale is logarithmic."
        ),
        *(parts.named(m.name, several, *_charts(m.name, m.model.training.diagnosis)) for m in diagnosed),
    )


def _charts(name: str, diagnoses: Sequence[Diagnosis]) -> list[Element]:
    layers = range(len(diagnoses[0].layers))
    saturated = {
        n: [(d.epoch, v) for d in diagnoses if (v := d.layers[n].saturated) is not None] for n in layers
    }
    # A logarithmic scale has no place for 0.
    norms = {n: [(d.epoch, v) for d in diagnoses if (v := d.layers[n].delta_norm)] for n in layers}
    drawn = [
        _figure("Saturated activations", "fraction, 0 to 1", _lines(saturated)),
        _figure("Norm of δ", "logarithmic scale", _lines(norms), logarithmic=True),
    ]
    remark = next((d.remark for d in reversed(diagnoses) if d.remark), None)
    remarks = [] if remark is None else [parts.block("remark", remark, tag="p")]
    figures = parts.block("charts", *(figure for figure in drawn if figure is not None))
    return [*remarks, figures, parts.details("The figures of each layer", _table(name, diagnoses))]


def _figure(title: str, unit: str, lines: Sequence[Line], logarithmic: bool = False) -> Element | None:
    if not lines:
        return None
    drawn = chart.draw(title, unit, lines, logarithmic)
    return element("figure", element("figcaption", title), drawn)


def _lines(layers: dict[int, chart.Points]) -> list[Line]:
    shown = [(n, points) for n, points in layers.items() if points][:MAX_LAYERS]
    return [Line(f"layer {n + 1}", n % chart.STYLES, points, n >= chart.STYLES) for n, points in shown]


def _table(name: str, diagnoses: Sequence[Diagnosis]) -> Element:
    rows = [
        (f"{d.epoch:,}", str(f.layer), _text(f.saturated), _text(f.delta_norm), _text(f.update))
        for d in diagnoses[:: -(-len(diagnoses) // MAX_ROWS)]
        for f in d.layers
    ]
    header = ["epoch", "layer", "saturated", "norm of δ", "update"]
    return parts.table(f"Layers of {name}", header, rows)


def _text(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}"
