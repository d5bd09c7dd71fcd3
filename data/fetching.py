"""A registered data set's files: from the cache where good, else from a mirror; checked either way."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from nnbp.data import cache, idx
from nnbp.data.errors import MirrorError, NoMirrorError
from nnbp.data.files import store
from nnbp.data.observer import Observer
from nnbp.data.patience import Patience
from nnbp.data.registry import Entry, File
from nnbp.errors import DownloadError, RejectedFileError


def stored(
    entry: Entry,
    inspected: Iterable[cache.Inspected],
    observer: Observer,
    patience: Patience,
    *,
    must_store: bool,
) -> Iterator[tuple[Path, bytes]]:
    """Path and bytes of a data set's four files, each fetched if its inspection found it not good.

    Raises DownloadError where a file cannot be had, and OSError where it cannot be written and `must_store`;
    otherwise such a file is used without being stored, with one warning for all.
    """
    deadline = time.monotonic() + patience.whole
    warned = must_store
    for file, (state, content) in zip(entry.files, inspected, strict=True):
        if state.state != "good":
            content = _fetch(entry, file, state, observer, patience, deadline)
            try:
                store(state.path, content)
            except OSError as error:
                if must_store:
                    raise
                if not warned:
                    reason = f"the cache cannot be written ({error.strerror or error})"
                    observer.warning(f"{state.path.parent}: {reason}; going on without it")
                warned = True
        yield state.path, content


def _fetch(
    entry: Entry, file: File, state: cache.FileState, observer: Observer, patience: Patience, deadline: float
) -> bytes:
    from nnbp.data.mirrors import download  # here, because requests is slow to import

    if entry.bundled:
        raise RejectedFileError(
            str(state.path), f"{state.problem}, though it comes with nnbp", "install nnbp again"
        )
    if state.state == "damaged":
        observer.warning(f"{state.path}: {state.problem}; fetching it again")
    own = _own_mirror()
    urls = [f"{base.rstrip('/')}/{file.name}.gz" for base in (*own, *entry.mirrors)]
    limit = file.size + (1 << 16)  # MNIST's content may come packed, and gzip adds less than that
    try:
        return download(
            urls, partial(accept, entry, file), limit, observer, patience, deadline, urls[: len(own)]
        )
    except NoMirrorError as error:
        reason = f"{state.problem}, and not to be had from {error.where}: {error.reason}"
        raise NoMirrorError(str(state.path), reason, error.remedy, error.brief) from error


def accept(entry: Entry, file: File, body: bytes) -> bytes:
    """What the cache stores of a mirror's answer, if it has the pinned hash.

    Where the hash is of the content, the answer may be packed or not.
    Raises DownloadError or RejectedFileError.
    """
    content = body if entry.packed else idx.unpack(body, file.name, file.size)
    found = hashlib.sha256(content).hexdigest()
    if found != file.sha256:
        page = " (a web page)" if body.lstrip()[:1] == b"<" else ""
        raise DownloadError(
            file.name, f"wrong content{page}: expected SHA-256 {file.sha256[:16]}…, found {found[:16]}…", ""
        )
    return content


def _own_mirror() -> tuple[str, ...]:
    """The user's mirror, if there is one; raises MirrorError."""
    base = os.environ.get("NNBP_MIRROR")
    if not base:
        return ()
    try:
        parts = urlsplit(base)
        http = parts.scheme in {"http", "https"}
        sound = http and parts.hostname and "@" not in parts.netloc and base.isprintable()
    except ValueError:
        sound = False
    if not sound:
        expected = "a base URL such as https://example.org/mnist/, without a password"
        raise MirrorError(
            "NNBP_MIRROR", f"expected {expected}, found {base[:200]!a}", "correct it or unset it"
        )
    return (base,)
