"""`nnbp evaluate` and `nnbp info`, through the installed program."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from support import oracles
from support.program import events, run, shell, write_idx_folder

from nnbp import Model, Settings, Training, modelfile


@pytest.fixture
def trained(digits: Path, tmp_path: Path) -> Path:
    done = run(
        *("train", "--sizes", "12,8,3", "--epochs", "3", "--seed", "5", "--l2", "0"),
        *("--dataset", digits, "-q"),
        cwd=tmp_path,
    )
    assert done.returncode == 0
    return tmp_path / "model.npz"


def counted_by_hand(model: Path, digits: Path) -> tuple[float, list[list[int]]]:
    """Accuracy and confusion counts, from NumPy's own reading of the model file."""
    with np.load(model) as arrays:
        layers = [(arrays[f"weights_{n}"], arrays[f"biases_{n}"]) for n in (1, 2)]
    images = np.frombuffer((digits / "t10k-images-idx3-ubyte").read_bytes()[16:], np.uint8).reshape(-1, 12)
    labels = (digits / "t10k-labels-idx1-ubyte").read_bytes()[8:]
    confusion = [[0] * 3 for _ in range(3)]
    for image, label in zip(images, labels, strict=True):
        confusion[label][int(np.argmax(oracles.activations(layers, image / 255)[-1]))] += 1
    return sum(confusion[i][i] for i in range(3)) / len(labels), confusion


def cost_by_hand(model: Path, digits: Path) -> float:
    """The mean cross-entropy on the test examples."""
    with np.load(model) as arrays:
        layers = [(arrays[f"weights_{n}"].astype(float), arrays[f"biases_{n}"].astype(float)) for n in (1, 2)]
    images = np.frombuffer((digits / "t10k-images-idx3-ubyte").read_bytes()[16:], np.uint8).reshape(-1, 12)
    labels = (digits / "t10k-labels-idx1-ubyte").read_bytes()[8:]
    targets = oracles.one_hot(list(labels), 3)
    costs = [oracles.cost("cross-entropy", layers, x / 255, y) for x, y in zip(images, targets, strict=True)]
    return float(np.mean(costs))


def test_a_network_of_enormous_weights_has_a_null_cost_and_no_warnings(trained: Path, digits: Path) -> None:
    model = modelfile.load(trained)
    for array in oracles.flatten(model.network.layers):
        array.fill(3e38)
    modelfile.save(model, trained)
    done = run("evaluate", trained, "--dataset", digits, "--json", cwd=trained.parent)
    assert (done.returncode, done.stderr) == (0, b"")
    assert events(done.stdout)[0]["cost"] is None


def test_a_folder_that_lacks_a_class_can_be_evaluated(trained: Path, digits: Path) -> None:
    for split in ("train", "t10k"):
        path = digits / f"{split}-labels-idx1-ubyte"
        path.write_bytes(path.read_bytes()[:8] + path.read_bytes()[8:].replace(b"\x02", b"\x01"))
    assert run("evaluate", trained, "--dataset", digits, cwd=trained.parent).returncode == 0


def test_an_evaluation_agrees_with_counting_by_hand(trained: Path, digits: Path) -> None:
    accuracy, confusion = counted_by_hand(trained, digits)
    done = run("evaluate", trained, "--dataset", digits, "--json", cwd=trained.parent)
    assert (done.returncode, done.stderr) == (0, b"")
    (found,) = events(done.stdout)
    assert found.pop("cost") == pytest.approx(cost_by_hand(trained, digits), rel=1e-5)
    assert found.pop("interval")[0] < accuracy <= found["accuracy"]
    assert [row["correct"] for row in found.pop("classes")] == [confusion[n][n] for n in range(3)]
    assert found == {
        "event": "evaluation",
        "accuracy": accuracy,
        "correct": round(accuracy * 30),
        "total": 30,
        "confusion": confusion,
        "dataset": "folder",
        "model": str(trained),
    }


def test_for_people_the_accuracy_is_the_second_word(trained: Path, digits: Path) -> None:
    shown = run("evaluate", trained, "--dataset", digits, cwd=trained.parent).stdout.decode()
    assert shown.startswith("accuracy ")
    assert float(shown.split()[1]) == pytest.approx(counted_by_hand(trained, digits)[0], abs=5e-5)
    assert shown.count("\n") == 1


def test_a_model_is_read_from_standard_input(trained: Path, digits: Path) -> None:
    content = trained.read_bytes()
    piped = run("evaluate", "-", "--dataset", digits, cwd=trained.parent, stdin=content)
    named = run("evaluate", trained, "--dataset", digits, cwd=trained.parent)
    assert piped.stdout == named.stdout != b""


def test_min_accuracy_passes_at_its_value_and_fails_below(trained: Path, digits: Path) -> None:
    accuracy, _ = counted_by_hand(trained, digits)
    line = ("evaluate", trained, "--dataset", digits, "--min-accuracy")
    assert run(*line, str(accuracy), cwd=trained.parent).returncode == 0
    labels = digits / "t10k-labels-idx1-ubyte"
    labels.write_bytes(labels.read_bytes()[:-6] + b"\x01\x02\x00\x01\x02\x00")
    done = run(*line, str(accuracy), cwd=trained.parent)
    assert done.returncode == 1
    assert done.stdout.startswith(b"accuracy ")
    assert b"is below" in done.stderr


@pytest.mark.parametrize("minimum", ["1.01", "-0.1", "nan", "96%"])
def test_a_minimum_that_is_not_an_accuracy_is_a_usage_error(
    minimum: str, trained: Path, digits: Path
) -> None:
    done = run("evaluate", trained, "--dataset", digits, "--min-accuracy", minimum, cwd=trained.parent)
    assert done.returncode == 2


def test_a_model_of_a_folder_needs_its_folder_named(trained: Path) -> None:
    done = run("evaluate", trained, cwd=trained.parent)
    assert done.returncode == 2
    assert b"name the data set with --dataset" in done.stderr


def test_the_one_of_several_models_that_needs_a_data_set_is_named(trained: Path, tmp_path: Path) -> None:
    Model(Training.begin((784, 10), Settings(), seed=1), "sample").save(tmp_path / "first.npz")
    for verb in ("evaluate", "compare", "report"):
        done = run(verb, "first.npz", "model.npz", cwd=tmp_path)
        assert b"Error: model.npz was trained on a folder; name the data set" in done.stderr, verb
    done = run("compare", "first.npz", "-", cwd=tmp_path, stdin=trained.read_bytes())
    assert b"the model on standard input was trained on a folder" in done.stderr


def test_a_model_of_another_data_set_is_refused_with_both_sizes(trained: Path) -> None:
    done = run("evaluate", trained, "--dataset", "sample", cwd=trained.parent)
    assert done.returncode == 3
    assert done.stderr.count(b"\n") == 1
    for number in (b"12 pixels", b"3 classes", b"784 pixels", b"10 classes"):
        assert number in done.stderr


def test_a_model_of_the_sample_is_evaluated_on_the_sample(tmp_path: Path) -> None:
    run("train", "--epochs", "1", "--dataset", "sample", "-q", cwd=tmp_path)
    (found,) = events(run("evaluate", "model.npz", "--json", cwd=tmp_path).stdout)
    assert (found["dataset"], found["total"]) == ("sample", 2000)


@pytest.mark.parametrize("verb", ["evaluate", "info"])
@pytest.mark.parametrize(
    ("content", "status", "reason"),
    [
        (None, 1, b"No such file"),
        (b"", 3, b"the file is empty"),
        (b"hello", 3, b"not an .npz file"),
        (b"PK\x03\x04" + bytes(100), 3, b"not a model file"),
    ],
)
def test_a_file_that_is_not_a_model_is_rejected_in_one_line(
    verb: str, content: bytes | None, status: int, reason: bytes, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / "bad\x1b[31m").write_bytes(content)
    done = run(verb, "bad\x1b[31m", cwd=tmp_path)
    assert done.returncode == status
    assert done.stderr.count(b"\n") == 1
    assert done.stderr.startswith(b"nnbp: error: bad\\x1b[31m: ")
    assert reason in done.stderr
    assert done.stdout == b""


def test_an_endless_file_is_refused_by_its_first_bytes(tmp_path: Path) -> None:
    done = run("info", "/dev/zero", cwd=tmp_path)
    assert done.returncode == 3
    assert b"does not begin like a ZIP archive" in done.stderr


def test_an_endless_stream_is_read_to_the_limit_and_refused(tmp_path: Path) -> None:
    done = shell(r"(printf 'PK\3\4'; cat /dev/zero) | nnbp info -", cwd=tmp_path)
    assert b"larger than any model file" in done.stderr


def test_a_folder_is_not_a_model(tmp_path: Path) -> None:
    done = run("info", tmp_path, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.count(b"\n") == 1


def test_info_says_how_the_model_was_trained(trained: Path) -> None:
    (found,) = events(run("info", trained, "--json", cwd=trained.parent).stdout)
    model = modelfile.load(trained)
    assert found["sizes"] == [12, 8, 3]
    assert found["cost_function"] == "cross-entropy"
    assert "cost" not in found
    assert found["parameters"] == 12 * 8 + 8 + 8 * 3 + 3
    assert (found["seed"], found["epochs"], found["epochs_done"], found["l2"]) == (5, 3, 3, 0.0)
    assert found["dataset_sha256"] == model.origin.dataset_sha256
    assert [report["cost"] for report in found["reports"]] == [
        report.cost for report in model.training.reports
    ]
    assert found["last_validation_accuracy"] == model.training.reports[-1].validation_accuracy


def test_info_for_people_has_a_line_for_everything_but_settings_without_effect(trained: Path) -> None:
    (found,) = events(run("info", "-", "--json", cwd=trained.parent, stdin=trained.read_bytes()).stdout)
    shown = run("info", trained, cwd=trained.parent).stdout.decode().splitlines()
    keys = [line.split("  ")[0].replace(" ", "_") for line in shown]
    without_effect = {
        "step_every",
        "step_factor",
        "warmup",
        "l1",
        "momentum",
        "nesterov",
        "layer_rates",
        "dropout",
        "input_dropout",
        "max_norm",
        "deskew",
        "elastic",
        "rotate",
        "scale",
        "shear",
        "shift",
        "patience",
    }
    assert keys == [
        key for key in found if key not in ("event", "reports", "no_command", "diagnosis", *without_effect)
    ]
    assert "sizes                     12,8,3" in shown
    assert "learning rate             0.5" in shown
    assert "l2                        0" in shown
    assert not any("{" in line for line in shown)


def test_info_for_people_shows_settings_that_had_an_effect(digits: Path, tmp_path: Path) -> None:
    choices = "--schedule step --step-every 2 --warmup 1 --l1 0.1 --momentum 0.5 --nesterov --dropout 0.1"
    line = ("train", "--sizes", "12,3", "--epochs", "3", "--dataset", digits, "-q")
    assert run(*line, *choices.split(), cwd=tmp_path).returncode == 0
    shown = run("info", "model.npz", cwd=tmp_path).stdout.decode().splitlines()
    values = dict(re.split("  +", line) for line in shown)
    for name, value in (("schedule", "step"), ("step every", "2"), ("step factor", "0.1"), ("warmup", "1")):
        assert values[name] == value
    for name, value in (("l1", "0.1"), ("momentum", "0.5"), ("nesterov", "True"), ("dropout", "0.1")):
        assert values[name] == value
    assert "patience" not in values


def test_info_for_people_writes_numbers_as_the_other_commands_do(digits: Path, tmp_path: Path) -> None:
    run("train", "--sizes", "12,400,3", "--epochs", "1", "--dataset", digits, "-q", cwd=tmp_path)
    (found,) = events(run("info", "model.npz", "--json", cwd=tmp_path).stdout)
    shown = run("info", "model.npz", cwd=tmp_path).stdout.decode()
    assert re.search(r"^parameters +6,403$", shown, re.MULTILINE)
    for name in ("best validation", "last validation", "last train"):
        accuracy = found[f"{name.replace(' ', '_')}_accuracy"]
        assert re.search(rf"^{name} accuracy +{accuracy:.4f}$", shown, re.MULTILINE)


def test_a_model_trained_on_one_folder_is_evaluated_on_another(trained: Path, tmp_path: Path) -> None:
    other = write_idx_folder(tmp_path / "other", seed=1)
    done = run("evaluate", trained, "--dataset", other, "--json", cwd=tmp_path)
    assert json.loads(done.stdout)["accuracy"] == counted_by_hand(trained, other)[0]
