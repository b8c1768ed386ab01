"""What is said at the end of `run` and `resume`, and the exit code."""

from perdure.app.shown import show
from perdure.cli import documents, output
from perdure.cli.hosting import Left, Stay
from perdure.ports.store import Store

FAILED = 1


def leave(store: Store, stayed: Stay, *, json: bool, modules: tuple[str, ...] = ()) -> int:
    """Print how a run was left and return the exit code: 0 if it completed or rests as meant.

    A run that is stranded rests, and not as meant.

    `modules` are where its code came from, for the command that goes on.
    """
    shown = show(store, stayed.loaded.row.id)
    if json:
        output.document(documents.run_document(shown))
    elif stayed.left is Left.INTERRUPTED and shown.view.ended_at is None:
        documents.print_interrupted(shown, modules)
    elif stayed.left in (Left.RESTING, Left.PAUSED):
        documents.print_rest(shown, modules)
    else:
        if shown.view.status == "completed":
            documents.print_result(shown.result)
        documents.print_ending(shown, modules)
    if shown.view.ended_at is None:
        return stayed.exit_code or (FAILED if shown.view.stranded is not None else 0)
    return 0 if shown.view.status == "completed" else FAILED
