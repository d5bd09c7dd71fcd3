"""What a person can do about an error of the operating system."""

import errno

_REMEDIES = {
    errno.ENOSPC: "free some space, or write elsewhere",
    errno.EDQUOT: "free some space, or write elsewhere",
    errno.EACCES: "change its permissions, or name another file",
    errno.EPERM: "change its permissions, or name another file",
    errno.EROFS: "name a file on a writable disk",
    errno.ENOENT: "check the name",
    errno.EISDIR: "name a file",
    errno.EBADF: "open it, or send it to /dev/null",
    errno.EAGAIN: "wait until it has finished, or name another file",
}


def remedy_of(error: OSError) -> str:
    """The remedy for an error, as the last part of its line."""
    return _REMEDIES.get(error.errno or 0, "try another file")
