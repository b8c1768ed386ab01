"""Defects of heartbeats, process executors and queues, to be seen by the simulator."""

from perdure.runtime.crew import Crew
from perdure.stores.sqlite import commit
from tests.simulation.defects import defect, reword

UNFENCED = "\n   AND j.token = x.value->>3 AND j.owner = x.value->>4"


# -- heartbeats ------------------------------------------------------------------------------
@defect
def heartbeat_without_token_check(patch):
    """The heartbeat of an attempt counts when another process has its job."""
    reword(patch, "commit/beats", UNFENCED, "")


@defect
def heartbeat_gives_no_time(patch):
    """An attempt that says that it lives has no more time than one that does not."""
    beat = Crew.beat

    def timeless(self, work, progress, detail):
        held = self._held.get((work.run, work.path, work.visit))
        due = held.due if held is not None else 0.0
        beat(self, work, progress, detail)
        held.due = due

    patch.setattr(Crew, "beat", timeless)


@defect
def heartbeats_never_told(patch):
    """What attempts say of themselves is taken for committed, and is not written."""
    patch.setattr(commit, "_beat", lambda _db, _beats: ())
