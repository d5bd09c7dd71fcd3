"""The report of `nnbp check`: a line per layer, the verdict, and the time that backpropagation saves."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nnbp.gradcheck import Difference, GradientCheck, LayerCheck
    from nnbp.gradcheck.timing import PassTimes

HEADING = f"{'weights':>28}{'biases':>31}\n  layer" + f"{'checked':>14}{'central':>9}{'complex':>9}" * 2


def start_text(asked: Mapping[str, Any]) -> str:
    """The line that describes the network and mini-batch, and the heading of the layers."""
    sizes = ",".join(map(str, asked["sizes"]))
    examples = f"{sizes} on {asked['dataset']} examples"
    planted = "" if asked["plant"] is None else f"; planted: {asked['plant']}"
    batch = f"{asked['cost_function']}, mini-batch of {asked['batch_size']}"
    return f"{examples}: {batch}; seed {asked['seed']}{planted}\n{HEADING}"


def layer_values(layer: "LayerCheck") -> dict[str, Any]:
    """The figures of a layer's event."""
    values: dict[str, Any] = {"layer": layer.layer}
    for name, part in layer.parts:
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


def verdict(result: "GradientCheck") -> dict[str, Any]:
    """Whether all layers agree, and the largest differences with their tolerances."""
    from nnbp.gradcheck import CENTRAL_TOLERANCE, COMPLEX_TOLERANCE

    return {
        "agrees": result.agrees,
        "wrong_layers": result.wrong_layers,
        "parameters": result.total,
        "checked": result.checked,
        "central": _number(result.central),
        "central_tolerance": CENTRAL_TOLERANCE,
        "complex_step": _number(result.complex_step),
        "complex_step_tolerance": COMPLEX_TOLERANCE,
    }


def times(result: "GradientCheck", passes: "PassTimes") -> dict[str, Any]:
    """Seconds of the passes, and of central differences for all parameters.

    Central differences take two forward passes for each parameter, in the plain code of `textbook`.
    """
    return {
        "forward_seconds": passes.forward,
        "backward_seconds": passes.backward,
        "central_seconds": result.central_seconds,
        "backward_per_forward": passes.backward / passes.forward,
        "central_per_backward": result.central_seconds / passes.backward,
    }


def verdict_text(result: "GradientCheck", values: Mapping[str, Any]) -> str:
    """The verdict, followed by how much was checked and how much time backpropagation saves."""
    if result.agrees:
        verdict = "backpropagation agrees with numerical differentiation"
    else:
        verdict = f"backpropagation is WRONG in {', '.join(result.wrong_parts)}"
    total, whole = f"{result.total:,} parameters", result.checked == result.total
    checked = f"all {total}" if whole else f"a random sample of {result.checked:,} of {total}"
    how = "measured" if whole else "extrapolated"
    forward, backward = values["backward_per_forward"], values["central_per_backward"]
    return "\n".join(
        [
            verdict,
            f"  checked              {checked}",
            f"  allowed differences  {values['central_tolerance']:g} (central), "
            f"{values['complex_step_tolerance']:g} (complex step)",
            f"  backward pass        {values['backward_seconds'] * 1e6:.0f} µs, "
            f"{forward:.1f} × a forward pass",
            f"  central differences  {values['central_seconds']:.3g} s for all ({how}), "
            f"{backward:,.0f} × a backward pass",
        ]
    )


def _number(value: float) -> float | None:
    """The value, or None if JSON has no number for it."""
    return value if abs(value) < float("inf") else None
