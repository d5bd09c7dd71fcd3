"""A built-in data set's files: from the cache if intact, otherwise from a mirror; checked either way."""

import hashlib
import os
import time
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from nnbp.data import gzipped
from nnbp.data.cache import FileState, Inspected
from nnbp.data.errors import MirrorError, NoMirrorError
from nnbp.data.files import store
from nnbp.data.job import Job, Limits
from nnbp.data.observer import Observer
from nnbp.data.registry import Entry, File
from nnbp.errors import DownloadError, RejectedFileError


class Fetcher:
    """Completes the files of one data set, and stores downloaded files in the cache.

    With `must_store`, a file that cannot be written is an OSError; otherwise the file is still used, with a
    single warning for all files.
    """

    def __init__(self, entry: Entry, observer: Observer, limits: Limits, *, must_store: bool) -> None:
        self.entry, self.observer, self.limits, self.must_store = entry, observer, limits, must_store
        self.deadline = time.monotonic() + limits.data_set
        self.warned = False

    def files(self, inspected: Iterable[Inspected]) -> Iterator[tuple[Path, bytes]]:
        """Path and bytes of the four files, each downloaded unless its inspection found it good.

        Raises DownloadError, RejectedFileError if a bundled file is damaged, and OSError.
        """
        for file, (state, content) in zip(self.entry.files, inspected, strict=True):
            if state.state != "good":
                content = self._download(file, state)
                if not state.in_the_way:
                    self._store(state.path, content)
            yield state.path, content

    def _download(self, file: File, state: FileState) -> bytes:
        if self.entry.bundled:
            reason = f"{state.problem}, although it comes with nnbp"
            raise RejectedFileError(str(state.path), reason, "reinstall nnbp")
        if state.in_the_way and self.must_store:
            raise DownloadError(str(state.path), state.problem, "remove it")
        job = download_job(self.entry, file)
        if state.state == "damaged":
            again = (
                "remove it; downloading the file for this once"
                if state.in_the_way
                else "downloading it again"
            )
            self.observer.warning(f"{state.path}: {state.problem}; {again}")

        from nnbp.data.mirrors import download  # not at the top, because requests is slow to import

        try:
            return download(job, self.observer, self.limits, self.deadline)
        except NoMirrorError as error:
            raise _explained(error, self.entry, state) from error

    def _store(self, path: Path, content: bytes) -> None:
        try:
            store(path, content)
        except OSError as error:
            if self.must_store:
                raise
            if not self.warned:
                reason = f"the cache cannot be written ({error.strerror or error})"
                self.observer.warning(f"{path.parent}: {reason}; continuing without it")
            self.warned = True


def download_job(entry: Entry, file: File) -> Job:
    """Where to look for a file of the data set, the user's mirror first; raises MirrorError."""
    own = _own_bases(entry)
    urls = [f"{base.rstrip('/')}/{file.name}.gz" for base in (*own, *entry.mirrors)]
    limit = file.size + (1 << 16)  # MNIST's content may come packed, and gzip adds less than that
    return Job(urls, partial(accept, entry, file), limit, named_by_user=urls[: len(own)])


def accept(entry: Entry, file: File, body: bytearray) -> bytes:
    """The bytes to store in the cache, from the body of a mirror's answer, if they have the pinned hash.

    If the hash is that of the content, the body may be gzipped or not.
    Raises DownloadError or RejectedFileError.
    """
    unpacked = gzipped.is_packed(body) and not entry.packed
    hashed = hashlib.sha256()
    # Unpacked twice, so that content that is not the right one is never in memory.
    for piece in gzipped.pieces(body, file.name, file.size) if unpacked else [body]:
        hashed.update(piece)
    found = hashed.hexdigest()
    if found != file.sha256:
        web_page = body[:1000].lstrip()[:1] == b"<"
        reason = "found a web page" if web_page else f"SHA-256 {found[:8]}…, not {file.sha256[:8]}…"
        raise DownloadError(file.name, reason, "try another mirror")
    return b"".join(gzipped.pieces(body, file.name, file.size)) if unpacked else bytes(body)


def _explained(error: NoMirrorError, entry: Entry, state: FileState) -> NoMirrorError:
    """The error in terms of the data set: which file is missing, and how to get it by hand."""
    damaged = f"{state.problem.partition(' (')[0]}, and " if state.state == "damaged" else ""
    reason = f"{damaged}downloading {entry.name} failed"
    remedy = "check the network or NNBP_MIRROR, or put the files in that folder"
    if state.in_the_way:
        remedy = f"remove it, and {remedy}"
    return NoMirrorError(str(state.path), reason, error.causes, remedy)


def _own_bases(entry: Entry) -> tuple[str, ...]:
    """The user's mirror, if there is one, and the data set's folder there; raises MirrorError."""
    base = os.environ.get("NNBP_MIRROR", "")
    if not base:
        return ()
    if not _is_base_url(base):
        expected = "a base URL such as https://example.org/mnist/, without a password"
        found = ascii(base) if len(base) <= 100 else f"{len(base)} characters"
        raise MirrorError("NNBP_MIRROR", f"expected {expected}, found {found}", "correct it or unset it")
    base = base.rstrip("/")
    # Two data sets have the same file names, so one mirror can have both only in folders.
    return (base,) if base.endswith(f"/{entry.name}") else (base, f"{base}/{entry.name}")


def _is_base_url(base: str) -> bool:
    try:
        parts = urlsplit(base)
        http = parts.scheme in {"http", "https"}
        return bool(http and parts.hostname and "@" not in parts.netloc and base.isprintable())
    except ValueError:
        return False
