"""The metadata of a model file: everything but its arrays, as JSON, and back, with every value checked."""

from typing import Any, NamedTuple

import numpy as np

from nnbp.costs import COSTS
from nnbp.diagnoses import MAX_LAYERS_KEPT, Diagnosis, LayerFigures
from nnbp.modelfile import records
from nnbp.modelfile.model import Model, Origin, Score
from nnbp.reports import EpochReport
from nnbp.settings import MAX_EPOCHS, Settings

MAX_BYTES = 32 * 1024 * 1024

_FORMAT_1: dict[str, Any] = {
    "version": str,
    "output": str,
    "settings": dict,
    "origin": dict,
    "reports": list,
    "generator": dict,
}
# The keys and the types of their values, for each format of the file.
KEYS = {
    1: _FORMAT_1,
    2: {**_FORMAT_1, "score": dict | None},
    3: {**_FORMAT_1, "score": dict | None, "diagnosis": list},
    4: {**_FORMAT_1, "score": dict | None, "diagnosis": list},
}
# The settings that came with format 4.
_SINCE_4 = {
    "layer_rates",
    "input_dropout",
    "max_norm",
    "deskew",
    "elastic",
    "rotate",
    "scale",
    "shear",
    "shift",
}
_DIAGNOSIS = {"epoch": int, "layers": list, "remark": str | None}


class Metadata(NamedTuple):
    """Everything but the arrays of a model file; `rng` is the generator in its state."""

    version: str
    settings: Settings
    origin: Origin
    reports: list[EpochReport]
    rng: np.random.Generator
    score: Score | None
    diagnosis: list[Diagnosis]


def format_of(model: Model) -> int:
    """The lowest format that can hold the model, so that older versions of nnbp read what they can."""
    if _needs_format_4(model.settings):
        return 4
    return 3 if model.training.diagnosis else 2


def serialize(model: Model) -> bytes:
    """The metadata of a model, in the format of `format_of`."""
    training = model.training
    file_format = format_of(model)
    settings = records.plain(model.settings)
    return records.serialize(
        {
            "version": model.version,
            "output": COSTS[model.settings.cost].output,
            "settings": {k: v for k, v in settings.items() if file_format > 3 or k not in _SINCE_4},
            "origin": records.plain(model.origin),
            "reports": [records.plain(report) for report in training.reports],
            "generator": training.rng.bit_generator.state,
            "score": None if model.score is None else records.plain(model.score),
            **({"diagnosis": list(map(_plain, training.diagnosis))} if file_format > 2 else {}),
        }
    )


def parse(text: bytes, file_format: int) -> Metadata:
    """The metadata in a file of this format, one of KEYS. May raise any exception for a bad one."""
    _check_length(text, file_format)
    values = records.parse(text)
    records.check("metadata", values, KEYS[file_format])
    if file_format == 1:
        values["score"] = None
        values["origin"] |= {"blas_threads": None, "fused": None}
    if not values["version"].isprintable() or len(values["version"]) > 40:
        raise ValueError("its version is not a version")
    settings = _settings(values["settings"], file_format)
    expected = COSTS[settings.cost].output
    if values["output"] != expected:
        raise ValueError(f"its output is not {expected}, which its cost requires")
    return Metadata(
        version=values["version"],
        settings=settings,
        origin=records.build(Origin, values["origin"]),
        reports=[records.build(EpochReport, report) for report in values["reports"]],
        rng=_generator(values["generator"]),
        score=None if values["score"] is None else records.build(Score, values["score"]),
        diagnosis=_diagnosis(values["diagnosis"], file_format) if file_format > 2 else [],
    )


def _plain(diagnosis: Diagnosis) -> dict[str, Any]:
    layers = [records.plain(layer) for layer in diagnosis.layers]
    return {"epoch": int(diagnosis.epoch), "layers": layers, "remark": diagnosis.remark}


def _needs_format_4(settings: Settings) -> bool:
    """Whether a setting has a value that older formats do not have."""
    newer = any(getattr(settings, name) != getattr(Settings, name) for name in _SINCE_4)
    return newer or settings.init == "centred"


def _settings(values: dict[str, Any], file_format: int) -> Settings:
    """The settings; those that came with format 4 had their defaults before."""
    if file_format < 4:
        if values.keys() & _SINCE_4:
            raise ValueError("it has settings that came with format 4")
        defaults = records.plain(Settings())
        values = {**values, **{name: defaults[name] for name in _SINCE_4}}
    settings = records.build(Settings, values)
    if _needs_format_4(settings) != (file_format == 4):
        raise ValueError("its settings are not those of its format")
    return settings


def _diagnosis(values: list[Any], file_format: int) -> list[Diagnosis]:
    """The diagnoses in this list, of at least one epoch in format 3."""
    if not values and file_format == 3:
        raise ValueError("it has no diagnosis, without which its format is 2")
    for value in values:
        records.check("diagnosis", value, _DIAGNOSIS)
    return [
        Diagnosis(
            value["epoch"],
            tuple(records.build(LayerFigures, layer) for layer in value["layers"]),
            value["remark"],
        )
        for value in values
    ]


def _check_length(text: bytes, file_format: int) -> None:
    """Refuse a text that would take much memory once it is parsed: up to thirty times its size."""
    if len(text) > MAX_BYTES:
        raise ValueError(f"its metadata is larger than {MAX_BYTES:,} bytes")
    # Valid metadata has one list, of reports, and six objects besides those in it: itself, the settings, the
    # origin, the generator and its state, the score. Only the settings have more than ten values.
    lists, objects = 1, MAX_EPOCHS + 6
    if file_format > 2:
        # The list of diagnoses, and in each of them one of layers; every layer is an object, too.
        lists, objects = lists + 1 + MAX_LAYERS_KEPT, objects + 2 * MAX_LAYERS_KEPT
    if file_format > 3:
        # The rates of the layers, and the strength and width of the elastic distortion.
        lists += 2
    if text.count(b"[") > lists or text.count(b"{") > objects or text.count(b",") > 10 * objects:
        raise ValueError("its metadata has more values than a model can have")


def _generator(state: Any) -> np.random.Generator:
    """The generator in this state, which NumPy checks."""
    inner = state["state"]
    if min(inner["state"], inner["inc"], state["has_uint32"], state["uinteger"]) < 0:
        raise ValueError("generator has a number below 0")
    bits = np.random.PCG64()
    bits.state = state
    if bits.state != state:
        raise ValueError("generator is not a state of PCG64")
    return np.random.Generator(bits)
