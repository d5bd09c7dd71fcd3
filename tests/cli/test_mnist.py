"""The whole job on all of MNIST, if available, and on the sample."""

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from support.program import events, run


class Silent(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


def test_all_of_mnist_is_downloaded_verified_and_learned(mnist: Path, tmp_path: Path) -> None:
    line = ("train", "--sizes", "784,30,10", "--seed", "1", "--json")
    if (mnist / "train-images-idx3-ubyte.gz").exists():
        with ThreadingHTTPServer(("127.0.0.1", 0), partial(Silent, directory=str(mnist))) as server:
            threading.Thread(target=server.serve_forever).start()
            mirror = f"http://127.0.0.1:{server.server_port}/"
            done = run(*line, "--dataset", "mnist", cwd=tmp_path, NNBP_MIRROR=mirror)
            server.shutdown()
    else:
        done = run(*line, "--dataset", mnist, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    start, *epochs, end = events(done.stdout)
    assert (start["training_examples"], start["validation_examples"]) == (50_000, 10_000)
    assert len(epochs) == 30
    assert end["total"] == 10_000
    assert end["test_accuracy"] >= 0.964


def test_the_defaults_learn_the_sample(tmp_path: Path) -> None:
    done = run("train", "--dataset", "sample", "--seed", "1", "--json", cwd=tmp_path)
    _, *epochs, end = events(done.stdout)
    assert max(epoch["validation_accuracy"] for epoch in epochs) >= 0.93
    # Among 2,000 test examples a standard error is 0.006.
    assert end["test_accuracy"] >= 0.92


def test_the_settings_of_nielsens_first_chapter_learn_the_sample(tmp_path: Path) -> None:
    settings = "--epochs 12 --cost quadratic --learning-rate 3 --init standard --schedule constant --l2 0"
    done = run("train", *settings.split(), "--dataset", "sample", "--seed", "1", "--json", cwd=tmp_path)
    _, *epochs, _ = events(done.stdout)
    assert max(epoch["validation_accuracy"] for epoch in epochs) >= 0.89
