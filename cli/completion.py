"""`nnbp completion`: the script that completes commands, options and values in a shell."""

import click
from click.shell_completion import get_completion_class

from nnbp.cli.near import NearChoice

SHELLS = ("bash", "zsh", "fish")


@click.command
@click.argument("shell", metavar=f"{{{'|'.join(SHELLS)}}}", type=NearChoice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the script that lets a shell complete commands, options and values.

    The start-up file of the shell has to run it:

    \b
      ~/.bashrc                    eval "$(nnbp completion bash)"
      ~/.zshrc, after compinit     eval "$(nnbp completion zsh)"
      ~/.config/fish/config.fish   nnbp completion fish | source
    """
    kind = get_completion_class(shell)
    assert kind is not None
    script = kind(context.find_root().command, {}, "nnbp", "_NNBP_COMPLETE").source()
    # Without quotes zsh drops an empty word, as before a folder's name, and takes the next one for it.
    script = script.replace("in ${response};", 'in "${response[@]}";')
    # Only the first comma separates: fish would cut a description at the next one.
    click.echo(script.replace('string split ","', 'string split -m 1 ","'))
