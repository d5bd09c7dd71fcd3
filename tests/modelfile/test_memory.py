"""Large files that are not models are refused before they are copied, or even read."""

from pathlib import Path

import numpy as np
import pytest
from support.program import run_script

from nnbp import Network, Settings, Training, modelfile

MB = 1_000_000
OVERHEAD = 64 * MB


def peak_of_refusal(path: Path) -> int:
    return int(run_script("peak_of_refusal", path).stdout)


@pytest.mark.parametrize(
    ("beginning", "length"),
    [(b"", 300 * MB), (b"PK\x03\x04", modelfile.content.MAX_BYTES + 1), (b"PK\x03\x04", 10_000 * MB)],
)
def test_a_file_that_begins_differently_or_is_too_long_is_refused_before_it_is_read(
    beginning: bytes, length: int, tmp_path: Path
) -> None:
    path = tmp_path / "long"
    path.write_bytes(beginning)
    with path.open("r+b") as file:
        file.truncate(length)
    assert peak_of_refusal(path) < OVERHEAD


def test_a_large_file_with_a_bad_number_at_its_end_is_refused_before_it_is_copied(tmp_path: Path) -> None:
    sizes = (784, 30_000, 10)
    network = Network(sizes, [np.ones(shape, np.float32) for shape in ((784, 30_000), (30_000, 10))], [])
    network.biases.extend(np.ones(size, np.float32) for size in sizes[1:])
    training = Training(network, Settings(), np.random.default_rng(0))
    path = tmp_path / "large"
    training.save(path)
    content = path.read_bytes()
    # The bad number is in the metadata, the last member, so that everything before it is good.
    position = content.index(b'"learning_rate":0.5')
    path.write_bytes(content[:position] + b'"learning_rate":0.x' + content[position + 19 :])
    assert peak_of_refusal(path) < len(content) + OVERHEAD
