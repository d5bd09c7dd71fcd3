"""The part of an epoch's event that `nnbp train --diagnose` adds."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nnbp.diagnoses import Diagnosis


def diagnosis_values(diagnosis: "Diagnosis") -> dict[str, Any]:
    """The figures of the layers and the remark; a figure that overflowed is None."""
    return {"layers": [asdict(layer) for layer in diagnosis.layers], "remark": diagnosis.remark}


def diagnosis_lines(values: dict[str, Any]) -> list[str]:
    """A line for each layer, and one for the remark, if any; empty without a diagnosis."""
    lines = [
        f"         layer {layer['layer']}: {_text(layer['saturated'], '.1%')} saturated, "
        f"‖δ‖ {_text(layer['delta_norm'], '.2e')}, update {_text(layer['update'], '.2e')}"
        for layer in values.get("layers", ())
    ]
    return [*lines, *([f"         remark: {values['remark']}"] if values.get("remark") else [])]


def _text(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)
