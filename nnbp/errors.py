"""One-line errors: where, why, and a remedy.

The core and `nnbp.data` raise these; only the command line knows their exit statuses.
"""


class NnbpError(Exception):
    """An error about `where` (a file or URL), with its `reason` and a `remedy`."""

    def __init__(self, where: str, reason: str, remedy: str) -> None:
        super().__init__(where, reason, remedy)
        self.where, self.reason, self.remedy = where, reason, remedy

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}; {self.remedy}"


class RejectedFileError(NnbpError):
    """A file is not a model or IDX file, or is damaged."""


class DownloadError(NnbpError):
    """A data set could not be downloaded from any mirror, or its content is wrong."""


class EngineError(NnbpError):
    """The engine requested for a training or an evaluation is not available."""


class MissingPackageError(NnbpError):
    """Something needs an optional package that is not installed."""


class DivergenceError(NnbpError):
    """A cost, weight or bias became infinite or NaN during training."""
