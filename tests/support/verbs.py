"""The commands of the program by their names, such as `data show`."""

from collections.abc import Iterator

import click

from nnbp.cli.main import cli


def commands() -> dict[str, click.Command]:
    """Every command, a group before its members; without `nnbp` itself."""
    return dict(_members(cli, ""))


def _members(group: click.Group, before: str) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for verb in group.list_commands(context):
        command = group.get_command(context, verb)
        assert command is not None
        yield f"{before}{verb}", command
        if isinstance(command, click.Group):
            yield from _members(command, f"{before}{verb} ")
