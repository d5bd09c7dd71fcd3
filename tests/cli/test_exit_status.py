"""Every error of the library has an exit status."""

import pytest

from nnbp.cli.exit_status import USAGE, status_of
from nnbp.errors import DivergenceError, DownloadError, EngineError, NnbpError, RejectedFileError


@pytest.mark.parametrize(
    ("kind", "status"),
    [(RejectedFileError, 3), (DownloadError, 4), (DivergenceError, 5), (EngineError, 2), (NnbpError, 2)],
)
def test_the_kind_of_an_error_decides_its_status(kind: type[NnbpError], status: int) -> None:
    assert status_of(kind("here", "reason", "remedy")) == status


def test_a_subclass_has_the_status_of_its_base() -> None:
    class DamagedFileError(RejectedFileError):
        pass

    class OtherError(NnbpError):
        pass

    assert status_of(DamagedFileError("here", "reason", "remedy")) == 3
    assert status_of(OtherError("here", "reason", "remedy")) == USAGE == 2
