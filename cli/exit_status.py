"""The exit statuses of `nnbp`. A signal ends it with that signal: 128 + its number in a shell."""

from nnbp.errors import DivergenceError, DownloadError, NnbpError, RejectedFileError

FAILED = 1  # a check failed: --min-accuracy, `nnbp check`
OPERATING_SYSTEM = 1
USAGE = 2
REJECTED_FILE = 3
DOWNLOAD = 4
DIVERGENCE = 5

_STATUSES: dict[type[NnbpError], int] = {
    RejectedFileError: REJECTED_FILE,
    DownloadError: DOWNLOAD,
    DivergenceError: DIVERGENCE,
}


def status_of(error: NnbpError) -> int:
    """The exit status of an error; any error not listed is a usage error."""
    return next((status for kind, status in _STATUSES.items() if isinstance(error, kind)), USAGE)
