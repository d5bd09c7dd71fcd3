"""Format 4, which a file has only if a setting has a value that older formats do not have."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from support.modelfiles import CONTENT, MODEL, altered, equal, members, npy, with_metadata

from nnbp import RejectedFileError, modelfile
from nnbp.modelfile import Model

NEWER: list[dict[str, Any]] = [
    {"layer_rates": (8.0, 1.0)},
    {"init": "centred"},
    {"input_dropout": 0.25},
    {"max_norm": 3.0},
    {"deskew": True},
    {"elastic": (37.0, 5.0)},
    {"rotate": 10.0},
    {"scale": 0.125},
    {"shear": 0.5},
    {"shift": 1.0},
]


def with_settings(**changes: Any) -> Model:
    settings = replace(MODEL.settings, **changes)
    return replace(MODEL, training=replace(MODEL.training, settings=settings))


CONTENT_4 = modelfile.dumps(with_settings(layer_rates=(8.0, 1.0)))


@pytest.mark.parametrize("changes", NEWER, ids=str)
def test_a_newer_setting_comes_back_from_a_file_of_format_4(changes: dict[str, Any]) -> None:
    model = with_settings(**changes)
    content = modelfile.dumps(model)
    assert members(content)["format.npy"] == npy(np.array(4, "<i8"))
    found = modelfile.loads(content, "here")
    assert equal(found, model)
    ((name, value),) = changes.items()
    assert (getattr(found.settings, name), type(getattr(found.settings, name))) == (value, type(value))
    assert modelfile.dumps(found) == content


def test_without_one_a_file_mentions_none_of_them() -> None:
    settings = json.loads(members(CONTENT)["metadata.npy"][128:])["settings"]
    assert not settings.keys() & {name for changes in NEWER for name in changes if name != "init"}


def test_whole_numbers_are_stored_as_floats() -> None:
    assert modelfile.dumps(with_settings(layer_rates=(8, 1))) == CONTENT_4


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (8.0, "Settings has 8.0 for layer_rates"),
        ([8, 1], "Settings has [8, 1] for layer_rates"),
        ([True], "Settings has [True] for layer_rates"),
        (["8"], "Settings has ['8'] for layer_rates"),
        ([[8.0]], "Settings has [[8.0]] for layer_rates"),
        ([0.0], "layer_rates is (0.0,)"),
        (None, "Settings has None for layer_rates"),
    ],
    ids=str,
)
def test_rates_that_are_no_list_of_numbers_are_refused(value: Any, reason: str) -> None:
    content = with_metadata(lambda metadata: metadata["settings"].update(layer_rates=value), CONTENT_4)
    with pytest.raises(RejectedFileError) as caught:
        modelfile.loads(content, "here")
    assert reason in str(caught.value)


@pytest.mark.parametrize("value", [[8.0], [8.0, 1.0, 1.0]])
def test_rates_for_another_number_of_layers_are_refused(value: list[float]) -> None:
    content = with_metadata(lambda metadata: metadata["settings"].update(layer_rates=value), CONTENT_4)
    with pytest.raises(RejectedFileError, match=rf"layer_rates has {len(value)} factors; .* need 2"):
        modelfile.loads(content, "here")
    with pytest.raises(ValueError, match=rf"layer_rates has {len(value)} factors"):
        modelfile.dumps(with_settings(layer_rates=tuple(value)))


@pytest.mark.parametrize("value", [[37.0], [37.0, 5.0, 1.0], []])
def test_an_elastic_distortion_has_two_numbers(value: list[float]) -> None:
    content = with_metadata(lambda metadata: metadata["settings"].update(elastic=value), CONTENT_4)
    with pytest.raises(RejectedFileError, match="for elastic"):
        modelfile.loads(content, "here")


def test_a_file_of_another_format_than_its_settings_need_is_refused() -> None:
    for content, file_format, reason in (
        (CONTENT_4, 2, r"more values than|does not have the keys"),
        (modelfile.dumps(with_settings(init="centred")), 2, r"more values than|does not have the keys"),
        (CONTENT, 4, "does not have the keys"),
    ):
        with pytest.raises(RejectedFileError, match=reason):
            modelfile.loads(altered(content, format=npy(np.array(file_format))), "here")


def test_newer_settings_under_an_older_format_are_refused() -> None:
    def older(metadata: dict[str, Any]) -> None:
        del metadata["diagnosis"]

    content = altered(with_metadata(older, CONTENT_4), format=npy(np.array(2)))
    with pytest.raises(RejectedFileError, match=r"settings that came with format 4|more values than"):
        modelfile.loads(content, "here")
    content = with_metadata(lambda metadata: metadata["settings"].update(init="centred"))
    with pytest.raises(RejectedFileError, match="not those of its format"):
        modelfile.loads(content, "here")
    content = with_metadata(lambda metadata: metadata["settings"].update(layer_rates=[]), CONTENT_4)
    with pytest.raises(RejectedFileError, match="not those of its format"):
        modelfile.loads(content, "here")
