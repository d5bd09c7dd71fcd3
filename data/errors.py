"""What can go wrong with a data set, beyond `nnbp.errors`."""

from nnbp.errors import DownloadError, NnbpError


class UnknownDatasetError(NnbpError):
    """A name that is neither in the registry nor a folder."""


class MirrorError(DownloadError):
    """$NNBP_MIRROR is not a URL that could serve anything."""


class NoMirrorError(DownloadError):
    """No URL delivered: `reason` lists each with what was wrong with it, `brief` only what was wrong."""

    def __init__(self, where: str, reason: str, remedy: str, brief: str) -> None:
        super().__init__(where, reason, remedy)
        self.brief = brief
