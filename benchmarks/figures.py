"""The file of `--json`: the figures of each part under its name, with the machine they were measured on."""

import json
from pathlib import Path
from typing import Any


def keep(path: Path | None, part: str, figures: dict[str, Any]) -> None:
    """Write the figures of a part; those of other parts in the file are kept."""
    if path is None:
        return
    kept = read(path) if path.exists() else {}
    kept[part] = figures
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", "utf-8")


def read(path: Path) -> dict[str, Any]:
    """The figures of every part."""
    kept: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return kept
