"""Model files of older formats are read, and written in the present one."""

from pathlib import Path
from typing import Any

import pytest
from support.modelfiles import archive, equal, members
from support.models import small_model

from nnbp import RejectedFileError, modelfile

# Trained by nnbp 0.1.0, before a model file had a score: small_model(2, **SETTINGS).
FORMAT_1 = Path(__file__).parent / "old" / "format_1.npz"
SETTINGS: dict[str, Any] = {"momentum": 0.9, "keep": "best", "learning_rate": 5.0}


def test_a_file_of_format_1_has_everything_but_a_score_and_the_threads_of_blas() -> None:
    old = modelfile.load(FORMAT_1)
    assert equal(old, small_model(2, **SETTINGS))
    assert (old.score, old.blas_threads) == (None, None)


def test_a_file_of_format_1_is_written_in_the_present_format() -> None:
    written = modelfile.dumps(modelfile.load(FORMAT_1))
    assert written == modelfile.dumps(small_model(2, **SETTINGS))
    assert equal(modelfile.loads(written, "x"), modelfile.load(FORMAT_1))


def test_a_file_of_format_1_cannot_have_what_came_with_format_2() -> None:
    old, new = members(FORMAT_1.read_bytes()), members(modelfile.dumps(small_model(2, **SETTINGS)))
    mixed = {**new, "format.npy": old["format.npy"]}
    with pytest.raises(RejectedFileError, match="does not have the keys"):
        modelfile.loads(archive(list(mixed.items())), "x")
