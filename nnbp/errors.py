"""Errors, each of one line: where, why, and a remedy.

The core and `nnbp.data` raise these; only the command line knows their exit statuses.
"""


class NnbpError(Exception):
    """An error about `where` (a file or URL) that says its `reason` and a `remedy`."""

    def __init__(self, where: str, reason: str, remedy: str) -> None:
        super().__init__(where, reason, remedy)
        self.where, self.reason, self.remedy = where, reason, remedy

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}; {self.remedy}"


class RejectedFileError(NnbpError):
    """A file is no model, or no IDX file, or a damaged one."""


class DownloadError(NnbpError):
    """No mirror delivers a data set, or the delivery is not the data set."""


class EngineError(NnbpError):
    """The engine that a training or an evaluation is to use is not available."""


class DivergenceError(NnbpError):
    """Training left the finite numbers."""
