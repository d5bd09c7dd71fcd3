"""docs/events.schema.json describes every event of every verb, and nothing else."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from support.every_event import every_event
from support.pages import DOCS

SCHEMA = json.loads((DOCS / "events.schema.json").read_text("utf-8"))
EVENTS = [place["$ref"].rpartition("/")[2] for place in SCHEMA["oneOf"]]


def strict(schema: Any) -> Any:
    """The schema without room for new keys, so that it cannot fall behind the program."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {"additionalProperties": False} if isinstance(schema.get("properties"), dict) else {}
    return {key: strict(value) for key, value in schema.items()} | closed


def of_event(name: str) -> Draft202012Validator:
    """A strict validator of one kind of event."""
    definitions = strict(SCHEMA["$defs"])
    return Draft202012Validator({**definitions[name], "$defs": definitions})


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """All events of all verbs."""
    return [event for _, events in every_event(tmp_path_factory.mktemp("events")) for event in events]


def test_the_schema_is_a_valid_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_every_event_is_exactly_one_that_the_schema_describes(written: list[dict[str, Any]]) -> None:
    validators = {name: of_event(name) for name in EVENTS}
    published = Draft202012Validator(SCHEMA)
    seen = set()
    # The thousands of lines of one kind are alike.
    for event in written[:200] + written[-200:]:
        assert not [error.message for error in published.iter_errors(event)], event
        fitting = [name for name, validator in validators.items() if validator.is_valid(event)]
        assert len(fitting) == 1, (event, fitting)
        seen.add(fitting[0])
    assert seen == set(EVENTS)


@pytest.mark.parametrize("name", EVENTS)
def test_the_schema_of_an_event_names_it_and_requires_its_keys(name: str) -> None:
    described = SCHEMA["$defs"][name]
    assert described["description"].startswith("`nnbp ")
    assert set(described["required"]) <= set(described["properties"])
    assert "const" in described["properties"]["event"]


def test_an_event_with_a_wrong_type_or_without_a_key_is_refused(written: list[dict[str, Any]]) -> None:
    validator = Draft202012Validator(SCHEMA)
    (epoch,) = (event for event in written if event["event"] == "epoch")
    assert validator.is_valid(epoch)
    assert not validator.is_valid({**epoch, "cost": "low"})
    assert not validator.is_valid({**epoch, "train_accuracy": 1.5})
    assert not validator.is_valid({key: value for key, value in epoch.items() if key != "seconds"})
    assert validator.is_valid({**epoch, "a_later_key": 1})
