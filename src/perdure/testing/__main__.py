"""`python -m perdure.testing`: run the simulator by hand.

python -m perdure.testing simulate --seeds 1..1000
python -m perdure.testing repro 4711 --trace
"""

import argparse
import sys
from collections.abc import Sequence

from perdure.testing.simulation import campaign, simulate


def main(words: Sequence[str] | None = None) -> int:
    """Run what the words ask for; return 1 if a promise was broken."""
    asked = _parser().parse_args(words)
    if asked.what == "simulate":
        total = campaign(asked.seeds)
        _say(total.lines())
        return 1 if total.violations else 0
    verdict = simulate(asked.seed, trace=asked.trace)
    _say(verdict.lines)
    _say([f"seed {verdict.seed}: {verdict.transactions} transactions, trace {verdict.digest}"])
    _say([f"VIOLATION {verdict.violation}" if verdict.violation else "no violation"])
    return 1 if verdict.violation else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m perdure.testing", description=__doc__)
    verbs = parser.add_subparsers(dest="what", required=True)
    many = verbs.add_parser("simulate", help="live through the histories of many seeds")
    many.add_argument("--seeds", type=seed_range, default=range(1, 101), metavar="A..B")
    one = verbs.add_parser("repro", help="live through one history again")
    one.add_argument("seed", type=int)
    one.add_argument("--trace", action="store_true", help="print every call and what came of it")
    return parser


def seed_range(text: str) -> range:
    """Return the seeds of `A..B`, both included. Raises ArgumentTypeError."""
    first, dots, last = text.partition("..")
    try:
        return range(int(first), int(last if dots else first) + 1)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no range of seeds, as in 1..1000") from error


def _say(lines: Sequence[str]) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
