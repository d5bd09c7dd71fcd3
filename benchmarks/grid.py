"""The networks and their settings. Free of NumPy."""

from dataclasses import asdict, dataclass
from typing import Any

SEED = 1


@dataclass(frozen=True)
class Row:
    """One network, its mini-batch size and its settings; the learning rate is constant."""

    sizes: tuple[int, ...]
    batch_size: int
    cost: str = "cross-entropy"
    learning_rate: float = 0.5
    l2: float = 5.0

    @property
    def name(self) -> str:
        """As printed, and as `--rows` takes it: 784,30,10x10."""
        return f"{','.join(map(str, self.sizes))}x{self.batch_size}"

    def as_json(self) -> dict[str, Any]:
        """A dictionary that `from_json` takes."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Row":
        """The row from a dictionary of `as_json`."""
        return cls(**{**values, "sizes": tuple(values["sizes"])})


GRID = (
    Row((784, 30, 10), 10, "quadratic", learning_rate=3.0, l2=0.0),
    Row((784, 100, 10), 10),
    Row((784, 300, 10), 32),
    Row((784, 800, 10), 128),
    Row((784, 500, 300, 10), 64),
)
