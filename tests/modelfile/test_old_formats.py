"""Model files of older formats are read, and written in the present one."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from support.modelfiles import archive, arrays, equal, members, npy

from nnbp import RejectedFileError, Settings, modelfile

# A training with momentum, of which the best network is kept; from before a model file had a score.
FORMAT_1 = Path(__file__).parent / "old" / "format_1.npz"


def test_a_file_of_format_1_has_everything_but_a_score_and_its_arithmetic() -> None:
    old = modelfile.load(FORMAT_1)
    assert (old.score, old.blas_threads, old.fused) == (None, None, None)
    assert (old.origin.seed, old.origin.engine, old.origin.dataset) == (1, "numpy", "sample")
    with np.load(FORMAT_1) as file:
        metadata = json.loads(file["metadata"].tobytes())
        names = [f"{part}{kind}_{layer}" for part in ("", "last_", "velocity_") for layer in (1, 2)
                 for kind in ("weights", "biases")]  # fmt: skip
        for name, array in zip(names, arrays(old), strict=True):
            np.testing.assert_array_equal(array, file[name])
    assert [asdict(report) for report in old.training.reports] == metadata["reports"]
    assert asdict(old.settings) == asdict(Settings()) | metadata["settings"]


def test_a_file_of_format_1_is_written_in_format_2() -> None:
    old = modelfile.load(FORMAT_1)
    written = modelfile.dumps(old)
    assert members(written)["format.npy"] == npy(np.array(2, "<i8"))
    assert equal(modelfile.loads(written, "x"), old)


def test_a_file_of_format_1_cannot_have_what_came_with_format_2() -> None:
    old, new = members(FORMAT_1.read_bytes()), members(modelfile.dumps(modelfile.load(FORMAT_1)))
    mixed = {**new, "format.npy": old["format.npy"]}
    with pytest.raises(RejectedFileError, match="does not have the keys"):
        modelfile.loads(archive(list(mixed.items())), "x")


# A training with momentum, of which the best network is kept, and a score; from before format 3.
FORMAT_2 = Path(__file__).parent / "old" / "format_2.npz"


def test_a_file_of_format_2_is_read_and_written_with_the_same_bytes() -> None:
    old = modelfile.load(FORMAT_2)
    assert (old.score, old.blas_threads, old.fused) == (modelfile.Score(9, 10), 1, True)
    assert old.training.best is not None
    assert old.training.diagnosis == []
    assert modelfile.dumps(old) == FORMAT_2.read_bytes()


# A diagnosed training; from before format 4.
FORMAT_3 = Path(__file__).parent / "old" / "format_3.npz"


def test_a_file_of_format_3_is_read_and_written_with_the_same_bytes() -> None:
    old = modelfile.load(FORMAT_3)
    assert len(old.training.diagnosis) > 0
    assert (old.settings.layer_rates, old.settings.distortion) == ((), None)
    assert modelfile.dumps(old) == FORMAT_3.read_bytes()
