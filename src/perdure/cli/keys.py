"""`perdure keys`, `keys rotate`, `keys abandon` and `forget`: what opens the secrets of runs."""

from collections.abc import Iterator
from contextlib import contextmanager

from cyclopts import App

from perdure.app.clock import SystemClock
from perdure.app.sealing import Secrets
from perdure.cli import output
from perdure.cli.columns import print_columns
from perdure.cli.opening import Common, reading, run_id
from perdure.errors import ConfigError
from perdure.ports.store import Store

HEADER = ("MASTER KEY", "RUNS")

app = App(name="keys", version_flags=[], help_epilogue="")


@app.default
def keys(*, json: bool = False, common: Common | None = None) -> None:
    """List the master keys by their ids, with how many runs' keys each wraps.

    The first one is that in use. No key is ever shown.

    Parameters
    ----------
    json
        Print one JSON document.
    """
    with _secrets(common) as (_, secrets):
        standing = secrets.standing()
    if json:
        rows = [{"master_key": id_, "runs": count} for id_, count in standing.items()]
        output.document({"keys": rows})
    elif standing:
        print_columns(
            output.console(), HEADER, [(id_, str(n)) for id_, n in standing.items()], shrinks=(0,)
        )
    else:
        output.note("no run has secrets yet; the master key is made with the first that has")


@app.command
def rotate(*, json: bool = False, common: Common | None = None) -> None:
    """Have another master key wrap the keys of all runs, and forget the old one.

    Other processes may go on meanwhile. Where PERDURE_MASTER_KEY has the keys, give the new one and
    the old one, with a comma between, to every process before. Cut off in between it loses nothing:
    rotate again.

    Parameters
    ----------
    json
        Print one JSON document.
    """
    with _secrets(common) as (_, secrets):
        id_, count = secrets.rotate()
    if json:
        output.document({"master_key": id_, "runs": count})
    else:
        output.say(f"master key {id_} wraps the keys of {count} run(s); the old one is not needed")


@app.command
def abandon(
    key: str, /, *, yes: bool = False, json: bool = False, common: Common | None = None
) -> None:
    """Give up the secrets under a master key that is lost, so that the store can be used again.

    Parameters
    ----------
    key
        The id of the master key, as `perdure keys` lists it.
    yes
        They can never be read again: say that you know.
    json
        Print one JSON document.
    """
    with _secrets(common) as (store, secrets):
        count = store.data_keys.masters().get(key, 0)
        if count == 0:
            known = ", ".join(store.data_keys.masters()) or "none"
            raise ConfigError(f"no run's key is under a master key {key!r}. There are: {known}")
        if not yes:
            raise ConfigError(
                f"the secrets of {count} run(s) are under {key}, and can never be read again after "
                "this. Add --yes"
            )
        count = secrets.abandon(key)
    if json:
        output.document({"master_key": key, "runs": count})
    else:
        output.say(f"destroyed the keys of {count} run(s)")


def forget(run: str, /, *, by: str = "", json: bool = False, common: Common | None = None) -> None:
    """Destroy the key of a run that has ended: what it kept sealed can never be read again.

    The run itself stays, with all that is not sealed.

    Parameters
    ----------
    run
        The run's id, or `last`.
    by
        Who wants it; else who runs this command. It is kept with the run.
    json
        Print one JSON document.
    """
    with _secrets(common) as (store, secrets):
        named = run_id(store, run)
        gone = secrets.forget(named, by=by)
    if json:
        output.document({"run": named, "destroyed": gone})
    elif gone:
        output.say(f"destroyed the key of {named}: its secrets cannot be read any more")
    else:
        output.note(f"{named} has no key (any more)")


@contextmanager
def _secrets(common: Common | None) -> Iterator[tuple[Store, Secrets]]:
    """Open a store without an engine, which would refuse one whose master key is lost."""
    common = common or Common()
    with reading(common) as store:
        yield store, Secrets(store, common.config().path, SystemClock())
