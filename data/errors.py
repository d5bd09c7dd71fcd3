"""Errors of data sets, beyond those of `nnbp.errors`."""

from nnbp.errors import DownloadError, NnbpError


class UnknownDatasetError(NnbpError):
    """A name that is neither in the registry nor a folder."""


class MirrorError(DownloadError):
    """$NNBP_MIRROR is not a usable URL."""


class NoMirrorError(DownloadError):
    """No mirror delivered a file; `causes` names each host and the reason it failed."""

    def __init__(self, where: str, reason: str, causes: str, remedy: str) -> None:
        super().__init__(where, f"{reason} ({causes})", remedy)
        self.causes = causes
