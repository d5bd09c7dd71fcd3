"""Backpropagation compared with numerical differentiation.

Two methods, in float64, of the mean cost C as `textbook` computes it, sharing no code with backpropagation:

    central differences   [C(w + h) − C(w − h)] / 2h    h = ε^⅓ ≈ 6·10⁻⁶, at least 2⁻⁴⁰|w|
    complex step          Im C(w + ih) / h              h = 10⁻²⁰

Central differences lose h²C‴/6 by truncation and about εC/h by rounding; they balance at h ≈ ε^⅓, where
both are near 10⁻¹¹ (Nocedal and Wright, "Numerical Optimization", section 8.1). The complex step subtracts
nothing, so its h can be small enough to make truncation negligible, and its error is a few ε (Squire and
Trapp, "Using complex variables to estimate derivatives of real functions", SIAM Review 40, 1998).

The relative difference of a layer's weights, or of its biases, is the largest |backpropagation − numerical|
divided by a magnitude: the largest numerical derivative among them, or a floor if that is larger. Below the
floor a difference is only rounding, which a division would magnify:

    central differences   10⁻³ max(1, C)   C is a sum of terms as large as 1, and rounded as such
    complex step          10⁻² u           a − y and σ′ = a(1 − a) are rounded as numbers of size 1, however
                                           small saturation makes them; u is the size that errors of size 1
                                           at the output have in the layer if nothing is saturated (σ′ = ¼)

In 4,000 networks of random sizes with all costs, a third of them with parameters 30 times as large, which
saturates them, and a third with parameters a hundredth as large, the largest differences were 3·10⁻⁷ and
6·10⁻¹⁴: below the tolerances of 10⁻⁶ and 10⁻¹². Steps of a fraction of w would lose digits there: h
changes weighted inputs, whose scale is that of σ, however large w is.
"""

from typing import TYPE_CHECKING

from nnbp import lazy

if TYPE_CHECKING:
    from nnbp.gradcheck.check import FEW_PARAMETERS as FEW_PARAMETERS
    from nnbp.gradcheck.check import SAMPLES as SAMPLES
    from nnbp.gradcheck.check import check_gradients as check_gradients
    from nnbp.gradcheck.check import count_derivatives as count_derivatives
    from nnbp.gradcheck.check import samples_for as samples_for
    from nnbp.gradcheck.fault import Fault as Fault
    from nnbp.gradcheck.result import CENTRAL_TOLERANCE as CENTRAL_TOLERANCE
    from nnbp.gradcheck.result import COMPLEX_TOLERANCE as COMPLEX_TOLERANCE
    from nnbp.gradcheck.result import Difference as Difference
    from nnbp.gradcheck.result import GradientCheck as GradientCheck
    from nnbp.gradcheck.result import LayerCheck as LayerCheck

__getattr__, __dir__, __all__ = lazy.names(
    __name__,
    {
        "check": ["FEW_PARAMETERS", "SAMPLES", "check_gradients", "count_derivatives", "samples_for"],
        "fault": ["Fault"],
        "result": ["CENTRAL_TOLERANCE", "COMPLEX_TOLERANCE", "Difference", "GradientCheck", "LayerCheck"],
    },
)
