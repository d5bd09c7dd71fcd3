"""How images are distorted, and presets, without NumPy, so that `--help` can show them quickly."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Distortion:
    """How far images are rotated, scaled, sheared, shifted and elastically deformed.

    elastic  (α, σ): noise that is uniform on (−1, 1), smoothed by a Gaussian of σ pixels whose sum is 1, and
             multiplied by α, displaces each pixel, in x and in y; α 0: none. The displacements have a root
             mean square of α/(2√(3π) σ) pixels, and a correlation of exp(−d²/4σ²) at a distance of d pixels
    rotate   degrees
    scale    fraction: with 0.1, x and y are each multiplied by a factor of 0.9 to 1.1
    shear    tangent of the angle by which vertical lines lean
    shift    pixels, in x and in y

    The last four are the largest absolute values; each image has its own, drawn uniformly.

    Sources: Simard, Steinkraus and Platt 2003, "Best practices for convolutional neural networks applied to
    visual document analysis" (elastic; their best values were α 34, σ 4); Cireşan, Meier, Gambardella and
    Schmidhuber 2010, "Deep, big, simple neural nets excel on handwritten digit recognition" (all but shifts;
    α 36 to 38, σ 5 to 6, rotations of up to 15°, scaling of up to 15 to 20 %).

    Raises ValueError for a value out of range.
    """

    elastic: tuple[float, float] = (0.0, 0.0)
    rotate: float = 0.0
    scale: float = 0.0
    shear: float = 0.0
    shift: float = 0.0

    def __post_init__(self) -> None:
        for name, sound, needed in (
            ("elastic", _is_elastic(self.elastic), "α,σ: α 0 to 1000 and σ 0.5 to 20 pixels"),
            ("rotate", 0 <= self.rotate <= 180, "0 to 180 degrees"),
            ("scale", 0 <= self.scale <= 0.5, "0 to 0.5"),
            ("shear", 0 <= self.shear <= 1, "0 to 1"),
            ("shift", 0 <= self.shift <= 100, "0 to 100 pixels"),
        ):
            if not sound:
                raise ValueError(f"{name} is {getattr(self, name)!a:.40}; it has to be {needed}")

    @property
    def has_effect(self) -> bool:
        """Whether images change at all."""
        return any((self.elastic[0], self.rotate, self.scale, self.shear, self.shift))


def _is_elastic(elastic: tuple[float, float]) -> bool:
    if len(elastic) != 2:
        return False
    alpha, sigma = elastic
    # Without a field σ means nothing, but a model file cannot hold nan.
    return 0.5 <= sigma <= 20 and 0 <= alpha <= 1000 if alpha else 0 <= sigma < math.inf


PRESETS = {
    # An elastic field of 0.4 pixels root mean square.
    "light": Distortion(elastic=(12.3, 5.0), rotate=5.0, scale=0.05, shift=0.5),
    "affine": Distortion(rotate=10.0, scale=0.12, shear=0.1, shift=0.5),
    # 1.2 pixels, with the values of Cireşan and others.
    "elastic": Distortion(elastic=(37.0, 5.0)),
    "full": Distortion(elastic=(37.0, 5.0), rotate=10.0, scale=0.12, shift=0.5),
}
