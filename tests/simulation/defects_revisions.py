"""Defects that are planted where runs go by other code, and where it is told who works on them."""

from perdure.kernel import history, messages
from perdure.runtime import turn
from perdure.runtime.adoption import plan_adopted
from perdure.runtime.draft import Draft
from perdure.runtime.revisions import Revisions
from perdure.testing.simulation.releases import has_releases
from tests.simulation.defects import defect_of, reword, without_list, writes

revision_defect = defect_of(has_releases)


@revision_defect
def older_code_works_on(patch):
    """A process does not stop working when newer code is announced."""
    patch.setattr(Revisions, "_wins", lambda _self, _version: True)


@revision_defect
def attempt_begun_without_a_trial(patch):
    """A run of another plan is simply worked on by the code that is here."""
    patch.setattr(Revisions, "has", lambda self, plan: self.heir(plan) is not None)


@revision_defect
def adoption_without_a_fence(patch):
    """A verdict counts though its job was claimed again since."""
    fenced = turn._is_fenced
    drop = Draft.drop_job

    def but_for_verdicts(hot, envelope):
        return not isinstance(envelope.message, messages.Adopt) and fenced(hot, envelope)

    def row(_before, draft, hot, event, cause):
        patch.setattr(
            Draft, "drop_job", lambda self, run, step, visit, _: drop(self, run, step, visit, None)
        )
        try:
            plan_adopted(draft, hot, event, cause)
        finally:
            patch.setattr(Draft, "drop_job", drop)

    patch.setattr(turn, "_is_fenced", but_for_verdicts)
    writes(patch, history.PlanAdopted, row)


@revision_defect
def adopted_run_keeps_its_old_plan(patch):
    """A run goes by another plan in memory, and its row says the one that it began by."""
    without_list(patch, "adopted")


@revision_defect
def moved_context_is_lost(patch):
    """A run goes by the next version, and its context stays as it was before that moved it."""

    def row(before, draft, hot, event, cause):
        before(draft, hot, event, cause)
        draft.contexts.pop(hot.run.id, None)

    writes(patch, history.PlanAdopted, row)


@revision_defect
def adopted_run_loses_its_deadline(patch):
    """What a run was set before it went by other code is forgotten."""

    def row(before, draft, hot, event, cause):
        before(draft, hot, event, cause)
        if hot.run.deadline is not None:
            draft.drop_timer(hot.run.id, "", 0, "deadline")

    writes(patch, history.PlanAdopted, row)


@revision_defect
def stranding_drops_the_job(patch):
    """A run that does not fit is taken off the queue, and never tried again."""

    def row(before, draft, hot, event, cause):
        before(draft, hot, event, cause)
        draft.jobs.pop((hot.run.id, event.step, event.visit))

    writes(patch, history.RunStranded, row)


@revision_defect
def stranded_runs_are_never_freed(patch):
    """Code that a stranded run fits is deployed, and nobody tries it again."""
    reword(patch, "commit/unstranded", "substr(host, 2)", "host")
