"""A training is resumed only with the arithmetic that it began with."""

from pathlib import Path

import pytest
from support.modelfiles import archive
from support.program import events, run

from nnbp import native
from nnbp.cli import arithmetic
from nnbp.native.pace import processors

LINE = ("train", "--sizes", "12,8,3", "--seed", "1", "--dataset", "digits", "--json")
RESUME = ("train", "--resume", "model.npz", "--dataset", "digits", "--epochs")


@pytest.mark.usefixtures("_blas_threads_not_set")
def test_the_numpy_engine_resumes_with_as_many_threads_of_blas(digits: Path, tmp_path: Path) -> None:
    if processors() < 2:
        pytest.skip("BLAS uses one thread on one processor")
    line = (*LINE, "--schedule", "constant", "--engine", "numpy", "--epochs", "2", "--threads", "2")
    run(*line, cwd=tmp_path)
    for words, variable in ((("--threads", "1"), ""), ((), "1")):
        done = run(*RESUME, "3", *words, cwd=tmp_path, OMP_NUM_THREADS=variable)
        assert done.returncode == 2
        said = " ".join(done.stderr.decode().split())
        assert "BLAS threads would be 1, but the training to resume has 2; give --threads 2," in said
    content = (tmp_path / "model.npz").read_bytes()
    piped = ("train", "--resume", "-", "--dataset", "digits", "--epochs", "3", "-o", "-")
    assert run(*piped, cwd=tmp_path, stdin=content).returncode == 2
    assert run(*piped, "--threads", "2", cwd=tmp_path, stdin=content).returncode == 0
    assert run(*RESUME, "3", cwd=tmp_path).returncode == 0
    (found,) = events(run("info", "model.npz", "--json", cwd=tmp_path).stdout)
    assert (found["blas_threads"], found["epochs_done"]) == (2, 3)


@pytest.mark.usefixtures("_blas_threads_not_set")
def test_the_threads_of_blas_are_those_that_it_uses(digits: Path, tmp_path: Path) -> None:
    run(*LINE, "--epochs", "1", "--engine", "numpy", "--threads", str(10**30), cwd=tmp_path)
    (found,) = events(run("info", "model.npz", "--json", cwd=tmp_path).stdout)
    assert found["blas_threads"] == processors()


@pytest.mark.parametrize(
    "content", [b"", b"x" * 99, archive([("metadata.npy", b'"blas_threads":0,')]), archive([("a", b"")])]
)
def test_whatever_else_is_in_a_file_it_has_no_threads_of_blas(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(content)
    assert arithmetic.threads_begun_with(str(tmp_path / "file")) is None
    assert arithmetic.threads_begun_with(str(tmp_path / "nothing")) is None
    assert arithmetic.threads_begun_with(str(tmp_path)) is None


@pytest.mark.skipif(native.missing() is not None or not native.fused(), reason="needs fused multiply-add")
@pytest.mark.parametrize(
    ("before", "now", "said"),
    [("baseline", "", "set NNBP_INSTRUCTIONS=baseline"), ("", "baseline", "resume where it began")],
)
def test_the_compiled_engine_resumes_only_with_the_same_rounding(
    before: str, now: str, said: str, digits: Path, tmp_path: Path
) -> None:
    line = (*LINE, "--schedule", "constant", "--engine", "native")
    run(*line, "--epochs", "2", cwd=tmp_path, NNBP_INSTRUCTIONS=before)
    more = ("train", "--resume", "model.npz", "--dataset", "digits", "--epochs", "3")
    done = run(*more, cwd=tmp_path, NNBP_INSTRUCTIONS=now)
    assert (done.returncode, done.stderr.count(b"\n")) == (2, 1)
    assert said in done.stderr.decode()
    assert run(*more, cwd=tmp_path, NNBP_INSTRUCTIONS=before).returncode == 0


def test_a_training_that_is_over_is_shown_whatever_the_arithmetic(digits: Path, tmp_path: Path) -> None:
    run(*LINE, "--epochs", "2", "--engine", "numpy", cwd=tmp_path, OPENBLAS_NUM_THREADS="2")
    before = (tmp_path / "model.npz").read_bytes()
    more = ("train", "--resume", "model.npz", "--dataset", "digits")
    assert run(*more, cwd=tmp_path, OPENBLAS_NUM_THREADS="1").returncode == 0
    assert (tmp_path / "model.npz").read_bytes() == before
