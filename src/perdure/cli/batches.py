"""`--where`: the same thing told to many runs, counted first and asked about."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from perdure.app.batches import Batch, OnProgress
from perdure.cli import output
from perdure.errors import ConfigError

Many = Callable[..., Batch]
REFUSED = 1
WHO = "the command line"


def tell_many(
    many: Many, verb: str, where: Sequence[str], *, why: str, dry_run: bool, yes: bool
) -> int:
    """Count the runs, ask, tell them, and say what came of it. `verb` is what is done, as said."""
    found = many(where, dry_run=True).changed
    if dry_run or not found:
        output.say(f"{_runs(found)} would be {verb}" if found else "no such run")
        return 0
    if not yes and not _agreed(f"{_runs(found)} will be {verb}. Go on?"):
        raise ConfigError(
            f"{_runs(found)} would be {verb}. Say --yes to do it, --dry-run to count them"
        )
    with _bar(found) as tell:
        done = many(where, by=WHO, why=why, on_progress=tell)
    output.say(f"{_runs(done.changed)} {'was' if done.changed == 1 else 'were'} {verb}")
    if done.unchanged:
        output.note(f"{_runs(done.unchanged)} had changed meanwhile and stayed as they were")
    for run, text in done.refused:
        output.error(f"{run}: {text}")
    return REFUSED if done.refused else 0


def check_target(run: str | None, where: Sequence[str]) -> None:
    """Have either one run named or conditions for many. Raises ConfigError."""
    if (run is None) == (not where):
        raise ConfigError("name one run, or several by --where CONDITION, such as tag=vip")


def _agreed(question: str) -> bool:
    console = output.console()
    if not console.is_terminal:
        return False
    return console.input(f"{question} [y/N] ").strip().lower() in ("y", "yes")


@contextmanager
def _bar(total: int) -> Iterator[OnProgress]:
    console = output.console()
    columns = (TextColumn("telling"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task("", total=total)
        yield lambda count: bar.update(task, completed=count)


def _runs(count: int) -> str:
    return "1 run" if count == 1 else f"{count:,} runs"
