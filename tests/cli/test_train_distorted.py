"""`nnbp train` with a distortion: presets, options of their own, and what a resumed training accepts."""

from pathlib import Path
from typing import Any

from support.datasets import idx_bytes
from support.program import events, run

from nnbp.distortions import PRESETS

LINE = ("train", "--sizes", "12,8,3", "--seed", "1", "--dataset", "digits", "--epochs", "2", "--json")


def start(*options: str, cwd: Path) -> dict[str, Any]:
    done = run(*LINE, *options, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return events(done.stdout)[0]


def strengths(values: dict[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in ("elastic", "rotate", "scale", "shear", "shift")}


def test_a_preset_stands_for_five_strengths_and_each_option_overrides_it(
    digits: Path, tmp_path: Path
) -> None:
    full = PRESETS["full"]
    expected = {"elastic": list(full.elastic), "rotate": full.rotate, "scale": full.scale}
    expected |= {"shear": full.shear, "shift": full.shift}
    assert strengths(start("--distort", "full", cwd=tmp_path)) == expected
    changed = start("--distort", "full", "--elastic", "20,3", "--shear", "0.2", cwd=tmp_path)
    assert strengths(changed) == {**expected, "elastic": [20.0, 3.0], "shear": 0.2}
    alone = start("--rotate", "5", cwd=tmp_path)
    assert strengths(alone) == {
        "elastic": [0.0, 0.0],
        "rotate": 5.0,
        "scale": 0.0,
        "shear": 0.0,
        "shift": 0.0,
    }


def test_the_command_of_a_distorted_model_makes_the_same_bytes(digits: Path, tmp_path: Path) -> None:
    start("--distort", "light", "--layer-rates", "4,1", "--init", "centred", cwd=tmp_path)
    first = (tmp_path / "model.npz").read_bytes()
    shown = events(run("info", "model.npz", "--json", cwd=tmp_path).stdout)[0]["command"]
    assert "--elastic 12.3,5 --rotate 5 --scale 0.05 --shift 0.5" in shown
    words = shown.replace("FOLDER", "digits").split()[1:]
    assert run(*words, "-o", "again.npz", cwd=tmp_path).returncode == 0
    assert (tmp_path / "again.npz").read_bytes() == first


def test_a_resumed_training_accepts_its_own_preset_and_no_other(digits: Path, tmp_path: Path) -> None:
    start("--distort", "full", cwd=tmp_path)
    resume = ("train", "--resume", "model.npz", "--dataset", "digits", "--epochs", "3", "--distort")
    assert run(*resume, "full", cwd=tmp_path).returncode == 0
    other = run(*resume, "light", cwd=tmp_path)
    assert other.returncode == 2
    assert b"but the training to resume has" in other.stderr


def test_options_out_of_range_are_named(digits: Path, tmp_path: Path) -> None:
    for options, reason in (
        (("--elastic", "37"), b"'--elastic'"),
        (("--elastic", "37,0.1"), "'--elastic': α has to be from 0 to 1000".encode()),
        (("--scale", "0.7"), b"'--scale'"),
        (("--distort", "ful"), b"Did you mean 'full'?"),
        (("--layer-rates", "8"), b"'--layer-rates': expected 2 factors, one for each layer, found 1"),
        (("--layer-rates", "8,x"), b"is not a list of numbers"),
        (("--layer-rates", "8,nan"), b"is not a list of numbers"),
        (("--layer-rates", "8,0"), b"'--layer-rates': every factor has to be a finite number above 0"),
    ):
        done = run(*LINE, *options, cwd=tmp_path)
        assert (done.returncode, reason in done.stderr) == (2, True), done.stderr


def test_images_that_are_too_large_to_be_distorted_are_named(tmp_path: Path) -> None:
    for split in ("train", "t10k"):
        (tmp_path / f"{split}-images-idx3-ubyte").write_bytes(idx_bytes((2, 1, 1025), bytes(2050)))
        (tmp_path / f"{split}-labels-idx1-ubyte").write_bytes(idx_bytes((2,), bytes([0, 1])))
    line = ("train", "--sizes", "1025,2", "--dataset", tmp_path, "--rotate", "5")
    done = run(*line, cwd=tmp_path)
    assert done.returncode == 2
    assert "'--dataset': images of 1 × 1025 pixels; 1 to 1,024 rows" in done.stderr.decode()
    assert not (tmp_path / "model.npz").exists()
