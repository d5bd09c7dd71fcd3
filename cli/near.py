"""The nearest word to a misspelled one, suggested for commands, options and values in the same way."""

from collections.abc import Iterable
from typing import Any

import click


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A question that begins with a space and names the nearest of the known words; empty if none is near."""
    from difflib import get_close_matches

    return "".join(f" Did you mean {near!r}?" for near in get_close_matches(word, known, n=1))


def no_such_option(error: click.NoSuchOption) -> click.UsageError:
    """The same error, with the nearest option of its command."""
    context = error.ctx
    parameters = [] if context is None else context.command.get_params(context)
    names = [name for parameter in parameters for name in parameter.opts if name.startswith("--")]
    name = error.option_name
    return click.UsageError(f"No such option {name!r}.{did_you_mean(name, names)}", context)


class NearChoice(click.Choice[str]):
    """A choice that suggests the nearest of its values."""

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        found = super().get_invalid_choice_message(value, ctx)
        return f"{found}{did_you_mean(str(value), map(str, self.choices))}"


class NearGroup(click.Group):
    """A group that suggests the nearest of its commands."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        known = self.list_commands(ctx)
        if args[0] not in known and not args[0].startswith("-") and not ctx.resilient_parsing:
            ctx.fail(f"No such command {args[0]!r}.{did_you_mean(args[0], known)}")
        return super().resolve_command(ctx, args)
