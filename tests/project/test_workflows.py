"""The workflows run fixed versions of actions, and each job has only the permissions that it needs."""

import re
from pathlib import Path

import pytest
from support.pages import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").iterdir())
# The only jobs with permissions of their own. Signing and publishing need a token that proves who runs them.
PERMISSIONS = {
    ("release.yml", "attest"): {"attestations: write", "id-token: write"},
    ("release.yml", "publish"): {"id-token: write"},
}

each_workflow = pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: str(path.name))


def sections(text: str, indent: int) -> dict[str, str]:
    """The keys with this indentation, and the lines below each."""
    parts = re.split(rf"^ {{{indent}}}([\w-]+):", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def jobs(workflow: Path) -> dict[str, str]:
    return sections(sections(workflow.read_text("utf-8"), 0)["jobs"], 2)


def entries(section: str) -> set[str]:
    return {line.split("#")[0].strip() for line in section.splitlines()} - {""}


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
    assert entries(sections(workflow.read_text("utf-8"), 0)["permissions"]) == {"contents: read"}
    for name, job in jobs(workflow).items():
        own = entries(sections(job, 4).get("permissions", ""))
        assert own == PERMISSIONS.get((workflow.name, name), set()), name


@each_workflow
def test_a_checkout_keeps_no_credentials_and_every_job_ends(workflow: Path) -> None:
    for name, job in jobs(workflow).items():
        assert job.count("actions/checkout@") == job.count("persist-credentials: false"), name
        assert "timeout-minutes" in sections(job, 4), name


@each_workflow
def test_no_workflow_runs_foreign_code_with_rights_or_has_a_password(workflow: Path) -> None:
    text = workflow.read_text("utf-8")
    assert "pull_request_target" not in text
    assert "secrets." not in text
