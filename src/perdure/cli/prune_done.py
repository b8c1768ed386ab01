"""`perdure prune-done`: delete what transactional steps have recorded of runs long over."""

from typing import Annotated

from cyclopts import Parameter

from perdure.cli import output
from perdure.cli.opening import Common, engine_of
from perdure.cli.spans import seconds
from perdure.cli.targets import import_code


def prune_done(
    *module: str,
    older_than: Annotated[str, Parameter(show_default=True)] = "30d",
    gone: bool = False,
    dry_run: bool = False,
    json: bool = False,
    common: Common | None = None,
) -> int:
    """Delete rows of `perdure_done`, in the databases of the modules' transactional steps.

    A row says that a step's transaction was committed. It is needed until its run has ended.

    Parameters
    ----------
    module
        Modules (orders) or files (orders.py) whose steps write to the databases.
    older_than
        Of runs that have ended so long ago: 90s, 15m, 2h, 30d.
    gone
        Also rows of runs that this store does not have. Not where another store uses the database.
    dry_run
        Only count them.
    json
        Print one JSON document.
    """
    span = seconds(older_than, "--older-than")
    for name in module:
        import_code(name)
    with engine_of(common or Common(), worker=False, create=False) as engine:
        pruned = engine.prune_done(span, gone=gone, dry_run=dry_run)
    if json:
        output.document({"found": pruned.found, "deleted": pruned.deleted, "dry_run": dry_run})
    else:
        verb = "can be deleted" if dry_run else "deleted"
        output.say(f"{pruned.deleted} of {pruned.found} row(s) of perdure_done {verb}")
    return 0
