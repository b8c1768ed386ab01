"""`perdure prune`: forget runs that ended long ago."""

from perdure.cli import output
from perdure.cli.opening import Common, engine_of
from perdure.cli.spans import seconds


def prune(
    *,
    older_than: str | None = None,
    dry_run: bool = False,
    json: bool = False,
    common: Common | None = None,
) -> int:
    """Forget runs that ended long ago, with everything that is theirs.

    Processes do this by themselves. A workflow that says how long its runs are kept is obeyed.

    Parameters
    ----------
    older_than
        Those that ended so long ago: 15m, 2h, 30d; else the setting `keep_days` says.
    dry_run
        Only count them.
    json
        Print one JSON document.
    """
    span = seconds(older_than, "--older-than") if older_than is not None else None
    with engine_of(common or Common(), worker=False, create=False) as engine:
        pruned = engine.prune(span, dry_run=dry_run)
    if json:
        output.document({"found": pruned.found, "deleted": pruned.deleted, "dry_run": dry_run})
    elif dry_run:
        output.say(f"{pruned.found} run(s) can be forgotten")
    else:
        output.say(f"forgot {pruned.deleted} run(s)")
    return 0
