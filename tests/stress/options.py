"""The arguments of `python -m stress`."""

import argparse
import importlib
import secrets
from collections.abc import Sequence

from stress import parts


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The arguments, checked; without any parts, all of them are chosen."""
    parser = _parser()
    options = parser.parse_args(arguments)
    names = parts.names()
    if unknown := sorted(set(options.parts) - set(names)):
        parser.error(f"there is no part {unknown[0]}; there are {', '.join(names)}")
    options.parts = [name for name in names if name in options.parts or not options.parts]
    if options.case is not None and not all(hasattr(parts.find(name), "check") for name in options.parts):
        parser.error("--case needs the name of a part whose cases can be repeated alone")
    if not (0 < options.fraction <= 1 and options.slow > 0):
        parser.error("--fraction is above 0 and at most 1, and --slow is above 0")
    return options


def _parser() -> argparse.ArgumentParser:
    promises = [f"  {name:<14}{importlib.import_module(f'stress.{name}').__doc__}" for name in parts.names()]
    parser = argparse.ArgumentParser(
        prog="python -m stress",
        description="Break the program in every way: run the parts, two at a time.",
        epilog="The promises that the parts attack:\n" + "\n".join(promises),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help="part to run (default: all)")
    parser.add_argument("--fraction", type=float, default=1.0, help="of the cases; 0.01 is a quick look")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**31), help="default: drawn at random")
    parser.add_argument(
        "--slow", type=float, default=1.0, help="factor for the time bounds, for a busy machine"
    )
    parser.add_argument("--case", type=int, help="only this case of a part, to repeat it")
    return parser
