"""`nnbp check`, through the installed program."""

from pathlib import Path

import numpy as np
import pytest
from support.program import events, run

import nnbp
from nnbp.cli.check_problem import NO_EFFECT, examples
from nnbp.data import Dataset
from nnbp.errors import RejectedFileError
from nnbp.gradcheck import Fault
from nnbp.gradcheck.faults import FAULTS
from nnbp.settings import COST_NAMES

SMALL = ("--sizes", "6,5,4,3", "--seed", "1")


def test_every_named_fault_can_be_planted_and_has_a_remedy() -> None:
    assert list(FAULTS) == list(NO_EFFECT) == list(Fault)


@pytest.mark.parametrize("cost", COST_NAMES)
def test_a_check_reports_its_start_every_layer_and_the_verdict(cost: str, tmp_path: Path) -> None:
    done = run("check", *SMALL, "--cost", cost, "--batch-size", "4", "--json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    start, *layers, check = events(done.stdout)
    for layer, number, weights, biases in zip(layers, (1, 2, 3), (30, 20, 12), (5, 4, 3), strict=True):
        assert (layer.pop("weights_central"), layer.pop("biases_central")) < (1e-6, 1e-6)
        assert (layer.pop("weights_complex_step"), layer.pop("biases_complex_step")) < (1e-12, 1e-12)
        assert layer == {
            "event": "layer",
            "layer": number,
            "weights": weights,
            "weights_checked": weights,
            "biases": biases,
            "biases_checked": biases,
            "agrees": True,
        }
    assert 0 < check.pop("central") < 1e-7
    assert 0 < check.pop("complex_step") < 1e-14
    times = {key: check.pop(key) for key in list(check) if key.endswith(("_seconds", "ward"))}
    assert times["backward_per_forward"] == times["backward_seconds"] / times["forward_seconds"] > 0
    assert times["central_per_backward"] == times["central_seconds"] / times["backward_seconds"]
    # Two forward passes for each of 74 parameters are more than one backward pass on any machine.
    assert times["central_per_backward"] > 10
    asked = {
        "sizes": [6, 5, 4, 3],
        "cost_function": cost,
        "batch_size": 4,
        "seed": 1,
        "dataset": "random",
        "samples": None,
        "plant": None,
    }
    assert start == {"event": "start", "version": nnbp.__version__, **asked}
    assert check == {
        "event": "check",
        **asked,
        "agrees": True,
        "wrong_layers": [],
        "parameters": 74,
        "checked": 74,
        "central_tolerance": 1e-6,
        "complex_step_tolerance": 1e-12,
    }


def test_for_people_a_check_is_a_table_a_verdict_and_the_time_it_saves(tmp_path: Path) -> None:
    done = run("check", *SMALL, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    first, _, heading, *layers, verdict, checked, allowed, backward, central = (
        done.stdout.decode().splitlines()
    )
    assert first == "6,5,4,3 on random examples: cross-entropy, mini-batch of 10; seed 1"
    assert heading.split() == ["layer", *["checked", "central", "complex"] * 2]
    shown = events(run("check", *SMALL, "--json", cwd=tmp_path).stdout)
    for line, layer in zip(layers, shown[1:-1], strict=True):
        number, weights, shown_central, complex_step, biases, *_ = line.split()
        assert number == str(layer["layer"])
        assert weights == f"{layer['weights']}/{layer['weights']}"
        assert biases == f"{layer['biases']}/{layer['biases']}"
        assert float(shown_central) == pytest.approx(layer["weights_central"], rel=0.06)
        assert float(complex_step) == pytest.approx(layer["weights_complex_step"], rel=0.06)
        assert len(line) == len(heading)
    assert verdict == "backpropagation agrees with numerical differentiation"
    assert checked == "  checked              all 74 parameters"
    assert allowed == "  allowed differences  1e-06 (central), 1e-12 (complex step)"
    assert backward.endswith("× a forward pass")
    assert "s for all (measured), " in central
    assert central.endswith("× a backward pass")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_ends_with_1_and_names_its_layers(fault: str, tmp_path: Path) -> None:
    arguments = ("check", *SMALL, "--cost", "quadratic", "--plant", fault)
    done = run(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, b"")
    lines = done.stdout.decode().splitlines()
    assert lines[0].endswith(f"; planted: {fault}")
    (verdict,) = (line for line in lines if line.startswith("backpropagation is WRONG in layer 1 "))
    assert "layer 2 biases" in verdict
    assert ("layer 3 biases" in verdict) == ("bp2" not in fault and "transpose" not in fault)
    assert ("weights" in verdict) == (fault != "biases-not-summed")
    done = run(*arguments, "--json", cwd=tmp_path)
    _, *layers, check = events(done.stdout)
    assert done.returncode == 1
    assert (check["agrees"], check["plant"]) == (False, fault)
    assert check["wrong_layers"] == [layer["layer"] for layer in layers if not layer["agrees"]] != []
    assert check["complex_step"] > check["complex_step_tolerance"]


def test_a_check_of_a_large_network_says_that_it_is_of_a_sample(tmp_path: Path) -> None:
    arguments = ("check", "--sizes", "784,30,10", "--dataset", "sample", "--seed", "1", "--samples", "20")
    shown = run(*arguments, cwd=tmp_path).stdout.decode()
    assert shown.startswith("784,30,10 on sample examples: ")
    assert " a random sample of 70 of 23,860 parameters\n" in shown
    assert "(extrapolated)" in shown
    assert " 20/23520 " in shown
    *_, check = events(run(*arguments[:-2], "--json", cwd=tmp_path).stdout)
    assert (check["dataset"], check["samples"], check["checked"]) == ("sample", 100, 240)
    assert check["central_seconds"] > 5_000 * check["forward_seconds"]  # 240 of them take some 1,000


def test_a_check_on_a_folder_takes_its_examples(digits: Path, tmp_path: Path) -> None:
    done = run("check", "--sizes", "12,4,3", "--dataset", digits, "--batch-size", "60", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith(b"12,4,3 on folder examples: ")


def test_examples_that_change_while_they_are_used_are_rejected(
    digits: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def changed(self: Dataset) -> None:
        raise RejectedFileError("images", "they have changed", "start again")

    monkeypatch.setattr(Dataset, "check_unchanged", changed)
    with pytest.raises(RejectedFileError, match="they have changed"):
        examples(str(digits), (12, 3), 5, np.random.default_rng(1))


def test_the_examples_of_a_data_set_are_its_own_with_pixels_from_0_to_1(digits: Path) -> None:
    inputs, targets, name = examples(str(digits), (12, 4, 3), 60, np.random.default_rng(0))
    images = np.frombuffer((digits / "train-images-idx3-ubyte").read_bytes()[16:], np.uint8).reshape(60, 12)
    labels = np.frombuffer((digits / "train-labels-idx1-ubyte").read_bytes()[8:], np.uint8)
    expected = [(*(image / 255), label) for image, label in zip(images, labels, strict=True)]
    found = [(*x, y.argmax()) for x, y in zip(inputs, targets, strict=True)]
    assert sorted(found) == sorted(expected)
    assert (targets.sum(axis=1) == 1).all()
    assert inputs.dtype == np.float64
    assert name == "folder"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--sizes", "12,4,4"], "the last layer has 4 neurons, but the data set has 3 classes"),
        (["--sizes", "11,4,3"], "the first layer has 11 neurons, but the data set has 12 pixels"),
        (["--sizes", "12,4,3", "--batch-size", "61"], "61 examples are needed, but folder has only 60"),
        (
            ["--sizes", "12,4,3", "--plant", "bp1-without-sigma-prime"],
            "this fault has no effect with the cross-entropy cost; add --cost quadratic",
        ),
        (
            ["--sizes", "12,3", "--plant", "missing-transpose"],
            "this fault has no effect without a hidden layer, or below layers of one neuron; change --sizes",
        ),
        (
            ["--sizes", "12,3", "--plant", "bp2-without-sigma-prime"],
            "this fault has no effect without a hidden layer; add one to --sizes",
        ),
        (
            ["--sizes", "12,4,3", "--batch-size", "1", "--plant", "averaged-twice"],
            "this fault has no effect in a mini-batch of one example; raise --batch-size",
        ),
        (["--plant", "gremlins"], "--plant"),
        (["--sizes", "12"], "--sizes"),
        (["--sizes", "9999999,9,3"], "parameters"),
        (["--samples", "0"], "--samples"),
    ],
)
def test_a_check_that_cannot_be_made_is_a_usage_error(
    arguments: list[str], reason: str, digits: Path, tmp_path: Path
) -> None:
    done = run("check", *arguments, "--dataset", digits, cwd=tmp_path, COLUMNS="300")
    assert done.returncode == 2
    assert done.stdout == b""
    assert reason in done.stderr.decode()


def test_the_seed_decides_the_figures_and_is_random_by_default(tmp_path: Path) -> None:
    def found(*seed: str) -> tuple[int, list[dict[str, object]]]:
        _, *layers, check = events(run("check", "--sizes", "4,3,2", "--json", *seed, cwd=tmp_path).stdout)
        return check["seed"], layers

    one, other = found(), found()
    assert one[0] != other[0]
    assert one[1] != other[1]
    assert found("--seed", str(one[0])) == one
