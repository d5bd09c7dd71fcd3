"""A command whose help shows its options in groups, and which recognizes other names for some of them."""

from typing import Any

import click

OTHER = "Other options"

# Columns for the names, the same in every group; a longer name gets its own line.
NAMES_WIDTH = 21
LARGEST_SHOWN = 1_000_000

# Names that other programs use for these options.
SYNONYMS = {
    "--layers": "--sizes",
    "--lr": "--learning-rate",
    "--eta": "--learning-rate",
    "--lambda": "--l2",
    "--weight-decay": "--l2",
    "--early-stopping": "--patience",
}


class GroupedOption(click.Option):
    """An option with the name of its group, which plain commands ignore."""

    def __init__(self, *arguments: Any, group: str = OTHER, **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self.group = group

    def get_help_extra(self, ctx: click.Context) -> Any:
        """Omit a range whose end is too large to be useful."""
        extra = super().get_help_extra(ctx)
        if (getattr(self.type, "max", None) or 0) > LARGEST_SHOWN:
            extra.pop("range", None)
        return extra


class GroupedCommand(click.Command):
    """Shows the groups in the order of their first options; --help, which has none, is last."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        groups: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            # Some versions of click have a record of arguments, too.
            if record is not None and isinstance(parameter, click.Option):
                name, text = record
                group = groups.setdefault(getattr(parameter, "group", OTHER), [])
                group.append((name.ljust(NAMES_WIDTH), text))
        for name, options in groups.items():
            with formatter.section(name):
                formatter.write_dl(options, col_max=NAMES_WIDTH)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            meant = SYNONYMS.get(error.option_name)
            if meant is not None and any(meant in parameter.opts for parameter in self.params):
                message = f"No such option '{error.option_name}'. Did you mean '{meant}'?"
                raise click.UsageError(message, ctx) from error
            raise
