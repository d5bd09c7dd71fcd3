"""JavaScript of nnbp run by the node that the playwright package brings."""

import importlib.util
import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

REPORT = Path(__file__).parents[2] / "nnbp" / "report"


def run(scripts: Sequence[str], expression: str, given: Any) -> Any:
    """The value of a JavaScript expression of `given` and of scripts of nnbp/report; skips without node."""
    spec = importlib.util.find_spec("playwright")
    node = Path(spec.origin).parent / "driver" / "node" if spec and spec.origin else None
    if node is None or not node.exists():
        pytest.skip("node comes with the playwright package, which is not installed")
    code = "\n".join((REPORT / script).read_text(encoding="utf-8") for script in scripts)
    read = "const given = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
    write = f"console.log(JSON.stringify({expression}));"
    ended = subprocess.run(
        [node, "-e", f"{code}\n{read}\n{write}"],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)
