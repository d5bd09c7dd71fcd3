"""The workflows run fixed versions of actions, and each job has only the permissions that it needs."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.pages import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").iterdir())
# The only jobs with permissions of their own. Signing and publishing need a token that proves who runs them.
PERMISSIONS = {
    ("release.yml", "attest"): {"attestations": "write", "id-token": "write"},
    ("release.yml", "publish"): {"id-token": "write"},
}

each_workflow = pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: str(path.name))


def parsed(workflow: Path) -> dict[str, Any]:
    return dict(yaml.safe_load(workflow.read_text("utf-8")))


@each_workflow
def test_every_action_is_pinned_by_its_commit_and_names_its_version(workflow: Path) -> None:
    used = re.findall(r"\buses:(.*)", workflow.read_text("utf-8"))
    assert used
    for action in used:
        assert re.fullmatch(r" [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action), action


def test_an_action_is_pinned_to_one_commit_everywhere() -> None:
    used = {line for path in WORKFLOWS for line in re.findall(r"\buses: (.*)", path.read_text("utf-8"))}
    assert len({line.partition("@")[0] for line in used}) == len(used)


@each_workflow
def test_a_workflow_may_only_read_and_a_job_no_more_than_it_needs(workflow: Path) -> None:
    assert parsed(workflow)["permissions"] == {"contents": "read"}
    own = {name: job["permissions"] for name, job in parsed(workflow)["jobs"].items() if "permissions" in job}
    assert own == {job: rights for (file, job), rights in PERMISSIONS.items() if file == workflow.name}


@each_workflow
def test_a_checkout_keeps_no_credentials_and_every_job_ends(workflow: Path) -> None:
    for name, job in parsed(workflow)["jobs"].items():
        assert job["timeout-minutes"] <= 30, name
        checkouts = [step for step in job["steps"] if step.get("uses", "").startswith("actions/checkout@")]
        assert all(step["with"]["persist-credentials"] is False for step in checkouts), name


@each_workflow
def test_no_workflow_runs_foreign_code_with_rights_or_has_a_password(workflow: Path) -> None:
    text = workflow.read_text("utf-8")
    assert "pull_request_target" not in text
    assert "secrets." not in text
