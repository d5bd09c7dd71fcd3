"""The report of `nnbp check`: a line for each layer, the verdict, and the time that backpropagation saves."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nnbp.gradcheck import Difference, LayerCheck
    from nnbp.gradcheck.timing import PassTimes

HEADING = f"{'weights':>28}{'biases':>31}\n  layer" + f"{'checked':>14}{'central':>9}{'complex':>9}" * 2


def layer_values(layer: "LayerCheck") -> dict[str, Any]:
    """The figures of a layer's event."""
    values: dict[str, Any] = {"layer": layer.layer}
    for name, part in (("weights", layer.weights), ("biases", layer.biases)):
        values |= {
            name: part.total,
            f"{name}_checked": part.checked,
            f"{name}_central": _number(part.central),
            f"{name}_complex_step": _number(part.complex_step),
        }
    return values | {"agrees": layer.agrees}


def layer_text(layer: "LayerCheck") -> str:
    """The line of a layer, below the heading."""

    def shown(part: "Difference") -> str:
        checked = f"{part.checked}/{part.total}"
        return f"{checked:>14}{part.central:9.1e}{part.complex_step:9.1e}"

    return f"{layer.layer:>7}{shown(layer.weights)}{shown(layer.biases)}"


def verdict(layers: "Sequence[LayerCheck]") -> dict[str, Any]:
    """Whether all agree, and the largest differences of the network."""
    import numpy as np

    from nnbp.gradcheck import CENTRAL_TOLERANCE, COMPLEX_TOLERANCE

    parts = [part for layer in layers for part in (layer.weights, layer.biases)]
    # NumPy's maximum, of which nan is the largest.
    return {
        "agrees": all(layer.agrees for layer in layers),
        "wrong_layers": [layer.layer for layer in layers if not layer.agrees],
        "parameters": sum(part.total for part in parts),
        "checked": sum(part.checked for part in parts),
        "central": _number(float(np.max([part.central for part in parts]))),
        "central_tolerance": CENTRAL_TOLERANCE,
        "complex_step": _number(float(np.max([part.complex_step for part in parts]))),
        "complex_step_tolerance": COMPLEX_TOLERANCE,
    }


def verdict_text(layers: "Sequence[LayerCheck]", values: dict[str, Any]) -> str:
    """The answer, and where it is no, in which layers."""
    allowed = (
        f"{values['central_tolerance']:g} (central), {values['complex_step_tolerance']:g} (complex step)"
    )
    if values["agrees"]:
        of = _coverage(values)
        return f"backpropagation agrees with numerical differentiation of {of}; allowed: {allowed}"
    wrong = [
        f"layer {layer.layer} {name}"
        for layer in layers
        for name, part in (("weights", layer.weights), ("biases", layer.biases))
        if not part.agrees
    ]
    return f"backpropagation is WRONG in {', '.join(wrong)}; checked {_coverage(values)}; allowed: {allowed}"


def _coverage(values: dict[str, Any]) -> str:
    total = f"{values['parameters']:,} parameters"
    return f"all {total}" if _all_checked(values) else f"a random sample of {values['checked']:,} of {total}"


def _all_checked(values: dict[str, Any]) -> bool:
    return bool(values["checked"] == values["parameters"])


def times(layers: "Sequence[LayerCheck]", passes: "PassTimes") -> dict[str, Any]:
    """Seconds of the passes, and of central differences for all parameters, extrapolated from a sample.

    Central differences take two forward passes for each parameter, in the plain code of `textbook`.
    """
    seconds = sum(
        layer.central_seconds
        * (layer.weights.total + layer.biases.total)
        / (layer.weights.checked + layer.biases.checked)
        for layer in layers
    )
    return {
        "forward_seconds": passes.forward,
        "backward_seconds": passes.backward,
        "central_seconds": seconds,
        "backward_per_forward": passes.backward / passes.forward,
        "central_per_backward": seconds / passes.backward,
    }


def times_text(values: dict[str, Any]) -> str:
    """The cost of backpropagation and the time it saves, in one line."""
    how = "measured" if _all_checked(values) else "extrapolated from the sample"
    return (
        f"a backward pass takes {values['backward_seconds'] * 1e6:.0f} µs, "
        f"{values['backward_per_forward']:.1f} × a forward pass; central differences for "
        f"all {values['parameters']:,} parameters take {values['central_seconds']:.3g} s ({how}), "
        f"{values['central_per_backward']:,.0f} × a backward pass"
    )


def _number(value: float) -> float | None:
    """None where JSON has no number."""
    return value if abs(value) < float("inf") else None
