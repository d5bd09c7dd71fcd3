"""One GET request to one untrusted mirror: the only file that imports requests.

Anything a mirror does results in the bytes of the body or in a DeliveryError. The bytes are as received: a
Content-Encoding is not decoded. The caller has to check that they are the right ones.
"""

import re
import socket
import time
from collections.abc import Callable, Mapping
from email.utils import mktime_tz, parsedate_tz
from http.client import HTTPException
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from requests import PreparedRequest, Response
from urllib3.exceptions import HTTPError

Progress = Callable[[int, int | None], None]

_REDIRECTIONS = frozenset({301, 302, 303, 307, 308})
_MAX_REDIRECTIONS = 3
_TEMPORARY = frozenset({408, 429, *range(500, 600)})  # statuses after which trying again may help
_CHUNK = 1 << 16  # bytes


class DeliveryError(Exception):
    """Why a mirror failed, whether trying `again` may help, and the pause in seconds that it asks for."""

    def __init__(self, reason: str, *, again: bool = False, retry_after: float = 0.0) -> None:
        super().__init__(reason)
        self.reason, self.again, self.retry_after = reason, again, retry_after


class UnreachableError(DeliveryError):
    """Nothing answered."""


class _Session(requests.Session):
    """Takes proxies from the environment but no password from a netrc file, and follows no redirection.

    requests would read the whole body of a redirection, however long, and would follow https to http.
    """

    def __init__(self) -> None:
        super().__init__()
        self.auth = _no_password  # with any authentication set, requests does not open the netrc file
        self.headers.update({"User-Agent": "nnbp", "Accept-Encoding": "identity"})

    def get_redirect_target(self, resp: Response) -> None:
        return None


def get(url: str, limit: int, timeouts: tuple[float, float], progress: Progress) -> bytearray:
    """The body of the response, at most `limit` bytes.

    `timeouts` are for connecting and for each read, in seconds. `progress(received, expected)`, in bytes, is
    called for each response and each chunk; an exception that it raises ends the transfer.
    Raises only DeliveryError itself.
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
        raise DeliveryError(f"transfer interrupted ({_innermost(error)})", again=True) from error
    except (requests.RequestException, OSError, ValueError) as error:
        raise DeliveryError(f"not understood ({_innermost(error)})") from error


def _get(
    session: _Session, url: str, hops: int, limit: int, timeouts: tuple[float, float], progress: Progress
) -> bytearray:
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
    """The URL that a redirection leads to; only https, or from http to http, is allowed."""
    target = urljoin(url, location)
    if not location or urlsplit(target).scheme not in {"https", urlsplit(url).scheme}:
        where = urlsplit(target)
        shown = f"{where.scheme}://{where.netloc}" if location else ""
        raise DeliveryError(f"redirection to {shown[:80]!a} refused")
    return target


def _check_status(response: Response) -> None:
    status = response.status_code
    if status != 200:
        retry_after = seconds_to_wait(response.headers.get("Retry-After", ""))
        raise DeliveryError(f"HTTP status {status}", again=status in _TEMPORARY, retry_after=retry_after)


def seconds_to_wait(retry_after: str) -> float:
    """Seconds from a Retry-After, a number or a date (RFC 9110, 10.2.3); 0 for anything else."""
    if re.fullmatch(r"\s*[0-9]+\s*", retry_after):
        return float(retry_after)
    try:
        date = parsedate_tz(retry_after)
        return 0.0 if date is None else max(mktime_tz(date) - time.time(), 0.0)
    except (ValueError, OverflowError):
        return 0.0


def _body(response: Response, limit: int, progress: Progress) -> bytearray:
    expected = _length(response.headers)
    if expected is not None and expected > limit:
        raise DeliveryError(f"announces {expected} bytes, expected at most {limit}")
    body = bytearray()
    # read1 returns as soon as anything has arrived, so a slow drip is seen byte by byte and can be stopped.
    # If the connection ends before the announced length, it raises.
    while chunk := response.raw.read1(_CHUNK, decode_content=False):
        body += chunk
        if len(body) > limit:
            raise DeliveryError(f"more than the expected {limit} bytes at most")
        progress(len(body), expected)
    return body


def _length(headers: Mapping[str, str]) -> int | None:
    value = headers.get("Content-Length")
    if value is None or "Transfer-Encoding" in headers:
        return None
    if not re.fullmatch(r"[0-9]{1,18}", value):
        raise DeliveryError(f"Content-Length {value[:40]!a}")
    return int(value)


def _no_password(request: PreparedRequest) -> PreparedRequest:
    return request


def _innermost(error: BaseException) -> str:
    """The message of the innermost exception, on one line."""
    while inner := _wrapped(error):
        error = inner
    if isinstance(error, socket.gaierror):
        return "host not found"  # the same on any platform, and without a network
    # OpenSSL has the shortest description of a problem with a certificate.
    short = getattr(error, "verify_message", None) or getattr(error, "strerror", None)
    return " ".join(ascii(short or str(error) or type(error).__name__)[1:-1].split())[:80]


def _wrapped(error: BaseException) -> BaseException | None:
    candidates = (getattr(error, "reason", None), *error.args, error.__cause__, error.__context__)
    return next((candidate for candidate in candidates if isinstance(candidate, BaseException)), None)
