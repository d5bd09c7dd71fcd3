"""Optional packages: imported if installed, otherwise an error that says how to install them."""

import sys
from pathlib import Path

import pytest

from nnbp import optional
from nnbp.errors import MissingPackageError


def test_an_installed_package_is_imported() -> None:
    assert optional.require("json.decoder", "a.json", "json") is sys.modules["json.decoder"]


def test_a_missing_package_is_named_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    monkeypatch.delitem(sys.modules, "PIL.Image", raising=False)
    with pytest.raises(MissingPackageError) as caught:
        optional.require("PIL.Image", "seven.png", "images")
    assert str(caught.value) == (
        "seven.png: the package Pillow is not installed; run `pip install 'nnbp[images]'`"
    )


def test_a_package_that_lacks_another_one_is_not_taken_for_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "halfway.py").write_text("import nothing_of_this_name\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ModuleNotFoundError, match="nothing_of_this_name"):
        optional.require("halfway", "a.file", "half")
