"""One GET from one mirror, taken with suspicion: the only home of requests.

Whatever a mirror does ends in the bytes of the body or in a DeliveryError. The bytes are as they came: a
Content-Encoding is not undone. Nothing here says that they are the right ones: that is the caller's to check.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from http.client import HTTPException
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from urllib3.exceptions import HTTPError

if TYPE_CHECKING:
    from requests import PreparedRequest, Response
    from requests.structures import CaseInsensitiveDict

Progress = Callable[[int, int | None], None]

_REDIRECTIONS = frozenset({301, 302, 303, 307, 308})
_MAX_REDIRECTIONS = 3
_CHUNK = 1 << 16  # bytes


class DeliveryError(Exception):
    """Why a mirror did not deliver; whether trying again may help, unless `status` and `retry_after` tell."""

    def __init__(self, reason: str, *, again: bool = False, status: int = 0, retry_after: str = "") -> None:
        super().__init__(reason)
        self.reason, self.again, self.status, self.retry_after = reason, again, status, retry_after


class UnreachableError(DeliveryError):
    """Nothing answered."""


class _Session(requests.Session):
    """Takes proxies from the environment, but no password from a netrc file, and follows no redirection.

    requests would read a redirection's body whole, however long, and would go from https to http.
    """

    def __init__(self) -> None:
        super().__init__()
        self.auth = _no_password  # with any authentication set, requests does not open the netrc file
        self.headers.update({"User-Agent": "nnbp", "Accept-Encoding": "identity"})

    def get_redirect_target(self, resp: Response) -> None:
        return None


def get(url: str, limit: int, timeouts: tuple[float, float], progress: Progress) -> bytes:
    """The body of the answer, at most `limit` bytes.

    `timeouts` are for connecting and for each read, in seconds. `progress(received, expected)` is called at
    each answer and each chunk; what it raises ends the transfer.
    Raises DeliveryError, and nothing else of its own.
    """
    try:
        with _Session() as session:
            return _get(session, url, _MAX_REDIRECTIONS, limit, timeouts, progress)
    except requests.exceptions.SSLError as error:
        raise UnreachableError(f"no trusted connection ({_innermost(error)})") from error
    except requests.exceptions.ConnectTimeout as error:
        raise UnreachableError("no connection in time", again=True) from error
    except (requests.exceptions.ReadTimeout, urllib3.exceptions.ReadTimeoutError) as error:
        raise DeliveryError(f"silent for {timeouts[1]:g} s", again=True) from error
    except requests.exceptions.ConnectionError as error:
        raise UnreachableError(_innermost(error), again=True) from error
    except (HTTPError, HTTPException) as error:
        raise DeliveryError(f"transfer broken off ({_innermost(error)})", again=True) from error
    except (requests.RequestException, OSError, ValueError) as error:
        raise DeliveryError(f"not understood ({_innermost(error)})") from error


def _get(
    session: _Session, url: str, hops: int, limit: int, timeouts: tuple[float, float], progress: Progress
) -> bytes:
    with session.get(url, timeout=timeouts, stream=True) as response:
        progress(0, None)
        if response.status_code not in _REDIRECTIONS:
            _check_status(response)
            return _body(response, limit, progress)
        target = _target(url, response.headers.get("Location", ""))
    if not hops:
        raise DeliveryError(f"more than {_MAX_REDIRECTIONS} redirections")
    return _get(session, target, hops - 1, limit, timeouts, progress)


def _target(url: str, location: str) -> str:
    """Where a redirection leads: to https, or from http to http."""
    target = urljoin(url, location)
    if not location or urlsplit(target).scheme not in {"https", urlsplit(url).scheme}:
        raise DeliveryError(f"redirection to {location[:100]!a} refused")
    return target


def _check_status(response: Response) -> None:
    status = response.status_code
    if status != 200:
        retry_after = response.headers.get("Retry-After", "")
        raise DeliveryError(f"HTTP status {status}", status=status, retry_after=retry_after)


def _body(response: Response, limit: int, progress: Progress) -> bytes:
    expected = _length(response.headers)
    if expected is not None and expected > limit:
        raise DeliveryError(f"announces {expected} bytes, expected at most {limit}")
    body = bytearray()
    # read1 returns what has arrived: a slow drip is seen byte by byte, and so can be stopped.
    # At an end before the announced one it raises.
    while chunk := response.raw.read1(_CHUNK, decode_content=False):
        body += chunk
        if len(body) > limit:
            raise DeliveryError(f"more than the expected {limit} bytes at most")
        progress(len(body), expected)
    return bytes(body)


def _length(headers: CaseInsensitiveDict[str]) -> int | None:
    value = headers.get("Content-Length")
    if value is None or "Transfer-Encoding" in headers:
        return None
    if not re.fullmatch(r"[0-9]{1,18}", value):
        raise DeliveryError(f"Content-Length {value[:40]!a}")
    return int(value)


def _no_password(request: PreparedRequest) -> PreparedRequest:
    return request


def _innermost(error: BaseException) -> str:
    """The words of the exception that the others were wrapped around, on one line."""
    while inner := _wrapped(error):
        error = inner
    words = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(ascii(words)[1:-1].split())[:120]


def _wrapped(error: BaseException) -> BaseException | None:
    candidates = (getattr(error, "reason", None), *error.args, error.__cause__, error.__context__)
    return next((candidate for candidate in candidates if isinstance(candidate, BaseException)), None)
