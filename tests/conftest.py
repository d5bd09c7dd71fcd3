"""No test touches the user's cache or the internet."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

# NumPy reads it when it is imported; programs that the tests start inherit it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# The hundreds of programs that the tests start should not compile nnbp each time.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

import pytest
from hypothesis import settings
from support.program import write_idx_folder

from nnbp import data, native
from nnbp.cli import blas
from nnbp.cli.signals import ENDING

pytest_plugins = ["support.tiny", "support.mapped_files", "support.opened_page", "support.reproducing"]

# A test should not fail because the machine is busy.
settings.register_profile("nnbp", deadline=None)
settings.load_profile("nnbp")

# These may be ignored where the tests run, as in a shell's background job or under nohup.
signal.signal(signal.SIGINT, signal.default_int_handler)
for _number in set(ENDING) - {signal.SIGINT}:
    signal.signal(_number, signal.SIG_DFL)


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty cache, no mirror from the environment, and a proxy that refuses every other machine."""
    monkeypatch.setenv("NNBP_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("NNBP_MIRROR", raising=False)
    for scheme in ("http", "https"):
        for name in (f"{scheme}_proxy", f"{scheme}_proxy".upper()):
            monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "127.0.0.1,localhost")


@pytest.fixture
def _blas_threads_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the environment sets the threads of BLAS in the programs that a test starts."""
    for name in blas.VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def _own_signals() -> Iterator[None]:
    """Restore the handlers of signals that a test has changed in this process."""
    before = {number: signal.getsignal(number) for number in ENDING}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(params=["numpy"] if native.missing() else ["numpy", "native"])
def engine(request: pytest.FixtureRequest) -> str:
    """Each engine that is available."""
    return str(request.param)


@pytest.fixture
def digits(tmp_path: Path) -> Path:
    """A small data set as a folder of IDX files: 4×3 pixels, 3 classes."""
    return write_idx_folder(tmp_path / "digits")


@pytest.fixture(scope="session")
def mnist() -> Path:
    """A folder with the four files of MNIST: $NNBP_TEST_MNIST or the user's cache; otherwise skips."""
    named = os.environ.get("NNBP_TEST_MNIST")
    if named:
        return Path(named).resolve()
    if any(state.state != "good" for state in data.verify("mnist")):
        pytest.skip("MNIST is neither in $NNBP_TEST_MNIST nor cached; `nnbp data fetch` gets it")
    return data.folder("mnist")
