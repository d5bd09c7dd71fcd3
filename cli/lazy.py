"""A group that imports a command only when it is used, so that the group's own help is fast."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click
from click.shell_completion import CompletionItem

from nnbp.cli.near import NearGroup


class LazyGroup(NearGroup):
    """`verbs` describes each command in one line; the command is NAME in the module `package`.`prefix`NAME.

    Commands that the group already has are not imported.

    `help VERB` is the same as `VERB --help`.
    """

    def __init__(
        self, *args: Any, package: str, verbs: Mapping[str, str], prefix: str = "", **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.package = package
        self.prefix = prefix
        self.verbs = verbs

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.verbs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.verbs or cmd_name in self.commands:
            return super().get_command(ctx, cmd_name)
        command = getattr(import_module(f"{self.package}.{self.prefix}{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if ctx.resilient_parsing:  # for completion
            return super().resolve_command(ctx, args)
        if args == ["help"]:
            click.echo(ctx.get_help())
            ctx.exit()
        if args[0] == "help":
            args = [*args[1:], "--help"]
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(self.verbs.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The verbs, without importing any of them, and the options."""
        verbs = [
            CompletionItem(name, help=text)
            for name, text in self.verbs.items()
            if name.startswith(incomplete)
        ]
        return [*verbs, *click.Command.shell_complete(self, ctx, incomplete)]
