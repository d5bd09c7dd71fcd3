"""`nnbp gradients`, through the installed program, against a loop over NumPy's own reading of the files."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support import oracles
from support.program import events, run, shell, write_idx_folder

from nnbp import Network, Settings, Training

HEADER = ["index", "label", "prediction", "probability", "cost", "gradient_norm"]
LAYERS = ["gradient_norm_1", "gradient_norm_2"]
COST = pytest.mark.parametrize("cost", ["quadratic", "cross-entropy", "log-likelihood"])


def model_file(folder: Path, cost: str = "cross-entropy", validation: int = 10) -> Path:
    """An untrained model, whose training would hold out this many examples."""
    training = Training.begin((12, 8, 3), Settings(cost=cost), seed=3)
    training.held_out = validation
    path = folder / "model.npz"
    training.save(path)
    return path


def by_hand(model: Path, digits: Path, cost: str, part: slice, file: str) -> list[dict[str, Any]]:
    """The expected lines for a slice of the examples of a file, computed one by one."""
    with np.load(model) as arrays:
        layers = [(arrays[f"weights_{n}"].astype(float), arrays[f"biases_{n}"].astype(float)) for n in (1, 2)]
    pixels = (digits / f"{file}-images-idx3-ubyte").read_bytes()[16:]
    images = np.frombuffer(pixels, np.uint8).reshape(-1, 12) / 255
    labels = (digits / f"{file}-labels-idx1-ubyte").read_bytes()[8:]
    found = []
    for index in range(len(labels))[part]:
        y = oracles.one_hot([labels[index]], 3)[0]
        a = oracles.activations(layers, images[index], cost)[-1]
        gradient = oracles.gradient(cost, layers, images[index], y)
        norms = [float(np.sqrt(np.sum(w**2) + np.sum(b**2))) for w, b in gradient]
        values = [
            *(index, labels[index], int(np.argmax(a)), a[labels[index]]),
            *(oracles.cost(cost, layers, images[index], y), np.sqrt(np.sum(np.square(norms))), *norms),
        ]
        found.append(dict(zip(HEADER + LAYERS, values, strict=True)))
    return found


def table(written: bytes) -> tuple[list[str], list[dict[str, float]]]:
    """The header and the lines of TSV."""
    header, *lines = [line.split("\t") for line in written.decode().splitlines()]
    return header, [dict(zip(header, map(float, line), strict=True)) for line in lines]


def assert_alike(found: list[dict[str, Any]], expected: list[dict[str, Any]], columns: list[str]) -> None:
    assert len(found) == len(expected)
    for a, b in zip(found, expected, strict=True):
        assert a == pytest.approx({name: b[name] for name in columns}, rel=1e-4, abs=1e-7)


@COST
def test_every_line_agrees_with_a_loop_over_the_examples(cost: str, digits: Path, tmp_path: Path) -> None:
    model = model_file(tmp_path, cost)
    done = run("gradients", model, "--dataset", digits, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    header, lines = table(done.stdout)
    assert header == HEADER
    assert_alike(lines, by_hand(model, digits, cost, slice(None), "t10k"), HEADER)


@COST
def test_layers_add_the_norm_of_each(cost: str, digits: Path, tmp_path: Path) -> None:
    model = model_file(tmp_path, cost)
    header, lines = table(run("gradients", model, "--dataset", digits, "--layers", cwd=tmp_path).stdout)
    assert header == HEADER + LAYERS
    assert_alike(lines, by_hand(model, digits, cost, slice(None), "t10k"), HEADER + LAYERS)


@pytest.mark.parametrize("layers", [[], ["--layers"]])
def test_json_has_the_same_figures_as_events(layers: list[str], digits: Path, tmp_path: Path) -> None:
    line: list[str | Path] = ["gradients", model_file(tmp_path), "--dataset", digits, *layers]
    header, lines = table(run(*line, cwd=tmp_path).stdout)
    shown = events(run(*line, "--json", cwd=tmp_path).stdout)
    assert [event.pop("event") for event in shown] == ["example"] * 30
    assert shown == lines
    assert list(shown[0]) == header
    assert all(isinstance(event[name], int) for event in shown for name in HEADER[:3])


@pytest.mark.parametrize(
    ("split", "part", "file"),
    [("train", slice(0, 43), "train"), ("validation", slice(43, 60), "train"), ("test", slice(30), "t10k")],
)
def test_a_split_is_cut_as_in_the_training_and_indexed_as_in_its_file(
    split: str, part: slice, file: str, digits: Path, tmp_path: Path
) -> None:
    model = model_file(tmp_path, validation=17)
    done = run("gradients", model, "--dataset", digits, "--split", split, cwd=tmp_path)
    _, lines = table(done.stdout)
    assert_alike(lines, by_hand(model, digits, "cross-entropy", part, file), HEADER)


def test_the_figures_are_those_of_a_training_and_its_evaluation(digits: Path, tmp_path: Path) -> None:
    line = ("train", "--sizes", "12,8,3", "--epochs", "3", "--seed", "5", "--dataset", digits, "-q")
    assert run(*line, cwd=tmp_path).returncode == 0
    (evaluation,) = events(run("evaluate", "model.npz", "--dataset", digits, "--json", cwd=tmp_path).stdout)
    (info,) = events(run("info", "model.npz", "--json", cwd=tmp_path).stdout)

    def accuracy(lines: list[dict[str, float]]) -> float:
        return float(np.mean([line["label"] == line["prediction"] for line in lines]))

    _, lines = table(run("gradients", "model.npz", "--dataset", digits, cwd=tmp_path).stdout)
    assert accuracy(lines) == evaluation["accuracy"]
    assert np.mean([line["cost"] for line in lines]) == pytest.approx(evaluation["cost"], rel=1e-5)
    command = ("gradients", "model.npz", "--dataset", digits, "--split", "validation")
    _, held_out = table(run(*command, cwd=tmp_path).stdout)
    assert len(held_out) == 10
    assert accuracy(held_out) == info["last_validation_accuracy"]


@COST
def test_numbers_are_written_to_nine_true_digits(cost: str, digits: Path, tmp_path: Path) -> None:
    model = model_file(tmp_path, cost)
    done = run("gradients", model, "--dataset", digits, "--layers", cwd=tmp_path)
    written = [line.split("\t")[3:] for line in done.stdout.decode().splitlines()[1:]]
    expected = by_hand(model, digits, cost, slice(None), "t10k")
    assert written == [[f"{line[name]:.9g}" for name in (HEADER + LAYERS)[3:]] for line in expected]
    costs = [line[1] for line in written]
    assert max(len(cost.replace(".", "").lstrip("0")) for cost in costs) == 9


def test_a_model_is_read_from_standard_input(digits: Path, tmp_path: Path) -> None:
    model = model_file(tmp_path)
    piped = run("gradients", "-", "--dataset", digits, cwd=tmp_path, stdin=model.read_bytes())
    assert piped.stdout == run("gradients", model, "--dataset", digits, cwd=tmp_path).stdout != b""


def test_the_index_continues_from_block_to_block(tmp_path: Path) -> None:
    run("train", "--epochs", "1", "--dataset", "sample", "-q", cwd=tmp_path)
    shown = events(run("gradients", "model.npz", "--json", cwd=tmp_path).stdout)
    assert [event["index"] for event in shown] == list(range(2000))


@pytest.mark.parametrize("options", ["", "--json"])
def test_a_reader_that_closes_the_pipe_ends_it_silently(options: str, tmp_path: Path) -> None:
    run("train", "--epochs", "1", "--dataset", "sample", "-q", cwd=tmp_path)
    line = f"nnbp gradients model.npz --split train {options}"
    done = shell(f"{line} | head -n 2; echo ${{PIPESTATUS[0]}}", cwd=tmp_path)
    *lines, status = done.stdout.splitlines()
    assert done.stderr == b""
    assert status == b"1"
    assert lines == shell(line, cwd=tmp_path).stdout.splitlines()[:2]
    assert len(lines) == 2


def test_output_that_cannot_be_written_is_an_error(digits: Path, tmp_path: Path) -> None:
    done = shell(f"nnbp gradients {model_file(tmp_path)} --dataset {digits} > /dev/full", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith(b"nnbp: error: standard output: ")
    assert done.stderr.count(b"\n") == 1


def test_numbers_that_json_cannot_express_are_null(digits: Path, tmp_path: Path) -> None:
    # The neurons of a layer cancel each other in the forward pass, z = 0, but their errors multiply.
    signs = np.array([1, -1], np.float32)
    weights = [np.zeros((12, 2), np.float32), *[3e38 * np.outer(signs, signs)] * 11, np.eye(2, 3)]
    arrays = [array.astype(np.float32) for array in weights]
    sizes = (12, *[2] * 12, 3)
    network = Network(sizes, arrays, [np.zeros(n, np.float32) for n in sizes[1:]])
    Training(network, Settings(), np.random.Generator(np.random.PCG64(0))).save(tmp_path / "model.npz")
    line = ("gradients", "model.npz", "--dataset", digits)
    done = run(*line, "--json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    found = [json.loads(shown, parse_constant=pytest.fail) for shown in done.stdout.splitlines()]
    assert {event["gradient_norm"] for event in found} == {None}
    assert b"\tnan\n" in run(*line, cwd=tmp_path).stdout


def test_a_model_of_another_data_set_is_refused_with_both_sizes(tmp_path: Path) -> None:
    done = run("gradients", model_file(tmp_path), "--dataset", "sample", cwd=tmp_path)
    assert done.returncode == 3
    assert done.stdout == b""
    assert done.stderr.count(b"\n") == 1
    for number in (b"12 pixels", b"3 classes", b"784 pixels", b"10 classes"):
        assert number in done.stderr


def test_a_model_of_a_folder_needs_its_folder_named(tmp_path: Path) -> None:
    done = run("gradients", model_file(tmp_path), cwd=tmp_path)
    assert done.returncode == 2
    assert b"name the data set with --dataset" in done.stderr


@pytest.mark.parametrize(
    ("split", "validation", "reason"),
    [
        ("validation", 0, b"held out 0 examples"),
        ("validation", 60, b"held out 60 examples, but folder has 60"),
        ("train", 60, b"no train examples are left"),
        ("train", 1000, b"held out 1,000 examples"),
        ("tset", 10, b"--split"),
    ],
)
def test_a_split_without_examples_is_a_usage_error(
    split: str, validation: int, reason: bytes, digits: Path, tmp_path: Path
) -> None:
    model = model_file(tmp_path, validation=validation)
    done = run("gradients", model, "--dataset", digits, "--split", split, cwd=tmp_path)
    assert done.returncode == 2
    assert reason in b" ".join(done.stderr.split())
    assert done.stdout == b""


def test_without_validation_examples_train_is_the_whole_training_set(digits: Path, tmp_path: Path) -> None:
    model = model_file(tmp_path, validation=0)
    done = run("gradients", model, "--dataset", digits, "--split", "train", cwd=tmp_path)
    assert len(table(done.stdout)[1]) == 60


def test_another_data_set_of_the_same_shape_can_be_named(tmp_path: Path) -> None:
    model, other = model_file(tmp_path), write_idx_folder(tmp_path / "other", seed=1)
    _, lines = table(run("gradients", model, "--dataset", other, cwd=tmp_path).stdout)
    assert_alike(lines, by_hand(model, other, "cross-entropy", slice(None), "t10k"), HEADER)
