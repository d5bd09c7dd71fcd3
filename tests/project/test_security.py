"""SECURITY.md states the limits that the code has."""

import re

import pytest
from support.pages import ROOT

from nnbp import sizes
from nnbp.data import http, idx, mapped
from nnbp.data.fetching import download_job
from nnbp.data.images import fitting, npy_images, pillow_images
from nnbp.data.job import LIMITS
from nnbp.data.registry import find
from nnbp.modelfile import content, metadata

MNIST = find("mnist")
ANSWER = download_job(MNIST, MNIST.files[0])

STATED = {
    "model file": [
        content.MAX_BYTES,
        sizes.MAX_PARAMETERS,
        sizes.MAX_LAYERS,
        metadata.MAX_BYTES,
    ],
    "IDX file, gzipped": [idx.LIMIT],
    "IDX file, not gzipped": [mapped.LARGEST_READ],
    "images": [
        fitting.AT_ONCE,
        fitting.LARGEST,
        pillow_images.LARGEST_PROGRESSIVE,
        npy_images.LARGEST_PICTURE,
        npy_images.LARGEST_HEADER,
        pillow_images.LARGEST_FILE,
    ],
    "answer of a mirror": [ANSWER.limit - MNIST.files[0].size],
    "redirections": [http._MAX_REDIRECTIONS],
    "attempts at a mirror": [LIMITS.attempts, LIMITS.longest_pause],
    "waiting": [LIMITS.connect, LIMITS.read, LIMITS.first_answer, LIMITS.data_set],
}


@pytest.mark.parametrize("what", STATED)
def test_the_limits_in_the_security_policy_are_those_of_the_code(what: str) -> None:
    rows = re.findall(r"^\| (.*) \| (.*) \|$", (ROOT / "SECURITY.md").read_text("utf-8"), re.MULTILINE)
    figures = re.findall(r"\b\d[\d,]*\b", dict(rows)[what])
    assert [int(figure.replace(",", "")) for figure in figures] == STATED[what]


def test_the_security_policy_is_short() -> None:
    assert len((ROOT / "SECURITY.md").read_text("utf-8").splitlines()) < 90
