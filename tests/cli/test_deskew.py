"""`nnbp train --deskew`: every command deskews the images for such a model, and for no other."""

from pathlib import Path

import numpy as np
import pytest
from support.datasets import idx_bytes
from support.program import SMALL, events, run, write_idx_folder

import nnbp
import nnbp.data
from nnbp import Model, Predictor, Settings, Training

SHAPE = (4, 3)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set, `digits`, and two models of it, of which one sees it deskewed."""
    made = tmp_path_factory.mktemp("deskewed")
    write_idx_folder(made / "digits")
    for name, options in (("plain", ()), ("upright", ("--deskew", "--diagnose"))):
        line = ("train", *SMALL, "--dataset", "digits", "-o", f"{name}.npz", "-q", *options)
        assert run(*line, cwd=made).returncode == 0
    return made


def exact(folder: Path, split: str = "test") -> tuple[Model, np.ndarray, np.ndarray]:
    """The deskewed model, the images it sees, and its answers to them, by the library."""
    model = nnbp.load(folder / "upright.npz")
    data = nnbp.data.load(folder / "digits")
    images = nnbp.data.deskew(data.test_images if split == "test" else data.train_images, SHAPE)
    return model, images, Predictor(model.network, model.settings.cost).run(images)


def columns(text: bytes, name: str) -> list[str]:
    head, *rows = [line.split("\t") for line in text.decode().splitlines()]
    return [row[head.index(name)] for row in rows]


def test_training_uses_deskewed_images(folder: Path) -> None:
    data = nnbp.data.load(folder / "digits")
    model = nnbp.load(folder / "upright.npz")
    assert model.settings.deskew
    training = Training.begin((12, 8, 3), Settings(epochs=4, l2=0.0, deskew=True), seed=1)
    images = nnbp.data.deskew(data.train_images, SHAPE)
    for _ in training.run((images, data.train_labels), validation=10, engine=model.training.engine or "auto"):
        pass
    for found, expected in zip(model.network.weights, training.network.weights, strict=True):
        np.testing.assert_array_equal(found, expected)


def test_all_commands_find_the_same_accuracy(folder: Path) -> None:
    model, _, outputs = exact(folder)
    labels = nnbp.data.load(folder / "digits").test_labels
    correct = int((outputs.argmax(axis=1) == labels).sum())
    assert model.score is not None
    assert model.score.correct == correct
    (evaluated,) = events(run("evaluate", "upright.npz", "--dataset", "digits", "--json", cwd=folder).stdout)
    assert evaluated["correct"] == correct
    assert run("data", "export", "0-29", "--dataset", "digits", "-o", "t.idx", cwd=folder).returncode == 0
    done = run("predict", "upright.npz", "t.idx", "digits/t10k-images-idx3-ubyte", cwd=folder)
    assert done.returncode == 0
    assert columns(done.stdout, "label") == [str(n) for n in outputs.argmax(axis=1)] * 2
    likely = np.array(columns(done.stdout, "probability"), float)
    np.testing.assert_allclose(likely[:30], outputs.max(axis=1), rtol=1e-5)


def test_compare_and_evaluate_deskew_for_the_one_model_only(folder: Path) -> None:
    data, model = nnbp.data.load(folder / "digits"), nnbp.load(folder / "plain.npz")
    plain = model.network.predict(data.test_images) == data.test_labels
    upright = exact(folder)[2].argmax(axis=1) == data.test_labels
    both = ("plain.npz", "upright.npz", "--dataset", "digits", "--json")
    (found,) = events(run("compare", *both, cwd=folder).stdout)
    assert [found[name]["correct"] for name in "ab"] == [plain.sum(), upright.sum()]
    assert found["both_right"] == (plain & upright).sum()
    evaluated = events(run("evaluate", *both, cwd=folder).stdout)
    assert [each["correct"] for each in evaluated] == [plain.sum(), upright.sum()]


@pytest.mark.parametrize("split", ["test", "train"])
def test_gradients_are_those_of_deskewed_images(split: str, folder: Path) -> None:
    done = run(*("gradients", "upright.npz", "--split", split, "--dataset", "digits"), cwd=folder)
    outputs = exact(folder, split)[2]
    predictions = columns(done.stdout, "prediction")
    assert predictions == [str(n) for n in outputs.argmax(axis=1)][: len(predictions)]
    labels = np.array(columns(done.stdout, "label"), int)
    likely = outputs[np.arange(len(labels)), labels]
    np.testing.assert_allclose(np.array(columns(done.stdout, "probability"), float), likely, rtol=1e-5)


def test_numbers_from_0_to_1_are_deskewed_as_bytes_by_any_engine(folder: Path) -> None:
    _, _, outputs = exact(folder)
    images = nnbp.data.load(folder / "digits").test_images.reshape(-1, *SHAPE)
    np.save(folder / "numbers.npy", (images / 255).astype(np.float32))
    done = run("predict", "upright.npz", "numbers.npy", cwd=folder)
    assert (done.returncode, done.stderr) == (0, b"")
    likely = np.array(columns(done.stdout, "probability"), float)
    np.testing.assert_allclose(likely, outputs.max(axis=1), rtol=1e-5)


def test_rows_of_numbers_whose_shape_is_unknown_are_rejected(folder: Path) -> None:
    (folder / "rows.csv").write_text(",".join(["7"] * 12) + "\n")
    done = run("predict", "upright.npz", "rows.csv", "digits/t10k-images-idx3-ubyte", cwd=folder)
    assert (done.returncode, run("predict", "plain.npz", "rows.csv", cwd=folder).returncode) == (3, 0)
    assert done.stderr.decode() == (
        "nnbp: error: rows.csv: the model deskews images, but these have one row of 12 pixels; "
        "write their rows and columns, as in IDX or PGM\n"
    )


def test_images_of_one_row_cannot_be_deskewed(tmp_path: Path) -> None:
    for split in ("train", "t10k"):
        (tmp_path / f"{split}-images-idx3-ubyte").write_bytes(idx_bytes((6, 1, 4), bytes(24)))
        (tmp_path / f"{split}-labels-idx1-ubyte").write_bytes(idx_bytes((6,), bytes([0, 1] * 3)))
    done = run("train", "--sizes", "4,2", "--deskew", "--dataset", tmp_path, cwd=tmp_path)
    assert done.returncode == 2
    assert b"'--deskew': the images of folder have one row, and no slant" in done.stderr
    assert not (tmp_path / "model.npz").exists()


def test_a_resumed_training_goes_on_with_deskewed_images(folder: Path) -> None:
    options = ("--dataset", "digits", "-q", "-o", "resumed.npz")
    first = ("train", *SMALL, "--deskew", "--schedule", "constant", *options)
    assert run(*first, "--epochs", "2", cwd=folder).returncode == 0
    assert run("train", "--resume", "resumed.npz", *options, "--epochs", "5", cwd=folder).returncode == 0
    resumed = (folder / "resumed.npz").read_bytes()
    assert run(*first, "--epochs", "5", cwd=folder).returncode == 0
    assert (folder / "resumed.npz").read_bytes() == resumed


def test_show_draws_what_the_network_sees(folder: Path) -> None:
    images = exact(folder)[1]
    done = run("data", "show", "0-4", "--dataset", "digits", "--deskew", "--json", cwd=folder)
    shown = [event["pixels"] for event in events(done.stdout)]
    assert shown == images[:5].reshape(-1, *SHAPE).tolist()
    assert run("data", "export", "3", "--dataset", "digits", "-o", "three.idx", cwd=folder).returncode == 0
    drawn = run("data", "show", "3", "--dataset", "digits", "--deskew", cwd=folder).stdout.splitlines()
    predicted = run("predict", "upright.npz", "three.idx", "--show", cwd=folder).stderr.splitlines()
    # Below the caption, and above the empty line that ends the drawing of `show`.
    assert drawn[1:-1] == predicted[1:]


def test_exported_models_say_that_images_have_to_be_deskewed(folder: Path) -> None:
    for kind in ("onnx", "safetensors"):
        for name, warns in (("plain", False), ("upright", True)):
            done = run("export", f"{name}.npz", "-o", f"m.{kind}", cwd=folder)
            assert done.returncode == 0
            assert (b"warning: the model takes deskewed images" in done.stderr) is warns
            assert (b"images deskewed as by nnbp.data.deskew" in (folder / f"m.{kind}").read_bytes()) is warns
