"""What must be true of runs that go by other code: each rule is broken once here."""

from dataclasses import replace

import pytest

from perdure.authoring.plans import dump, seal
from perdure.authoring.registry import Registry, Workflow
from perdure.kernel import history as h
from perdure.kernel.plan import Plan, StepPlan
from perdure.ports.claims import Claim
from perdure.ports.commit import Commit, JobGone, JobMade, Moved, Written
from perdure.ports.executor import Work
from perdure.ports.revisions import Adopted, Revision
from perdure.runtime.records import dump_events
from perdure.testing.simulation.world import Violation
from tests.testing.simulation.scenes import ONE_STEP, TWO_STEPS, Scene, birth

OTHER = seal(Plan(workflow="story", steps=(StepPlan(name="a"), StepPlan(name="b")), start="a"))
PLANS = [(OTHER.hash, "story", "1", dump(OTHER))]


def scene_with_a_claim():
    """Return a scene whose run has its first step claimed, and the claiming incarnation."""
    scene = Scene()
    row = scene.store.join("here", 1, 0.0, 5.0)
    scene.commit(birth(owner=row.id))
    return scene, row.id


def work(plan=ONE_STEP, token=1):
    return Work("run-1", plan, StepPlan(name="a"), "a", 1, 1, token, "{}", None, lambda *_: {})


def hosting(plan):
    registry = Registry()
    registry.add(Workflow(plan=plan, begin=lambda _: "{}"))
    return registry


def tried(owner, *events, adopted=True, host="thread:story@1", job_owner=None):
    """Return the commit that a trial's verdict writes; the job stands under another token then."""
    return Commit(
        batch=2,
        now=0.0,
        plans=PLANS,
        moved=[Moved("run-1", 1, 2, "running", 0, "a", "", '{"a":1}', None, None)],
        jobs_gone=[JobGone("run-1", "a", 1, 1)],
        jobs_made=[JobMade("run-1", "a", 1, 1, 2, job_owner, 0.0, "default", 0, host, None)],
        adopted=[Adopted("run-1", OTHER.hash, "1")] if adopted else [],
        history=[Written("run-1", 2, 0.0, '["Adopt","a",1,1]', dump_events(list(events)))],
    )


ADOPTED = h.PlanAdopted("a", 1, 1, 0.0, OTHER.hash, "1")
STRANDED = h.RunStranded("a", 1, 1, OTHER.hash, "it does not fit")


def test_a_run_that_adopts_a_plan_after_its_trial_is_followed():
    scene, owner = scene_with_a_claim()
    scene.witness.tries(work(), scene.life)

    scene.commit(tried(owner, ADOPTED, job_owner=owner))
    scene.life.hosts = hosting(OTHER)
    scene.witness.begins(work(OTHER, token=2), scene.life)

    assert scene.witness.tracks["run-1"].plan == OTHER
    scene.witness.end()


def test_a_run_that_is_stranded_stays_by_its_plan():
    scene, owner = scene_with_a_claim()
    scene.witness.tries(work(), scene.life)

    scene.commit(tried(owner, STRANDED, adopted=False, host="!thread:story@1"))

    assert scene.witness.tracks["run-1"].plan == ONE_STEP
    scene.witness.end()


@pytest.mark.parametrize("event", [ADOPTED, STRANDED])
def test_a_verdict_without_a_trial_of_the_newest_claim_is_seen(event):
    scene, owner = scene_with_a_claim()

    with pytest.raises(Violation, match="and the newest claim .* is no trial"):
        scene.commit(tried(owner, event))


def test_a_trial_that_nobody_has_claimed_is_seen():
    scene, _ = scene_with_a_claim()

    with pytest.raises(Violation, match="I6"):
        scene.witness.tries(work(token=2), scene.life)


def test_a_verdict_on_an_older_attempt_is_seen():
    scene, owner = scene_with_a_claim()
    scene.witness.tries(work(), scene.life)

    with pytest.raises(Violation, match="not of the newest attempt"):
        scene.commit(tried(owner, replace(ADOPTED, attempt=2)))


def test_an_adoption_without_its_trials_token_is_seen():
    scene, owner = scene_with_a_claim()
    scene.witness.tries(work(), scene.life)
    unfenced = tried(owner, ADOPTED)
    unfenced.jobs_gone[:] = [JobGone("run-1", "a", 1, None)]

    with pytest.raises(Violation, match="not under the token of a trial"):
        scene.commit(unfenced)


def test_a_row_that_still_has_the_older_plan_is_seen():
    scene, owner = scene_with_a_claim()
    scene.witness.tries(work(), scene.life)

    with pytest.raises(Violation, match=f"its row says {ONE_STEP.hash}, not {OTHER.hash}"):
        scene.commit(tried(owner, ADOPTED, adopted=False))


def test_a_stranded_job_that_is_claimed_is_seen():
    scene, owner = scene_with_a_claim()
    scene.witness.tries(work(), scene.life)

    with pytest.raises(Violation, match="is stranded, and claimed"):
        scene.commit(tried(owner, STRANDED, adopted=False, host="!thread:story@1", job_owner=owner))


def test_an_attempt_by_another_plan_than_the_runs_is_seen():
    scene, _ = scene_with_a_claim()

    with pytest.raises(Violation, match="by another plan than the run's"):
        scene.witness.begins(work(OTHER), scene.life)


def test_an_attempt_by_code_that_its_process_does_not_have_is_seen():
    scene, _ = scene_with_a_claim()
    scene.life.hosts = hosting(OTHER)

    with pytest.raises(Violation, match="by other code than its process has"):
        scene.witness.begins(work(), scene.life)


def test_a_graph_is_worked_on_by_anybody():
    scene = Scene()
    row = scene.store.join("here", 1, 0.0, 5.0)
    scene.commit(birth(plan=TWO_STEPS, owner=row.id))
    scene.life.hosts = Registry()

    scene.witness.begins(work(TWO_STEPS), scene.life)


# -- claims ---------------------------------------------------------------------------------------
def announced(scene, owner, plan, batch):
    scene.commit(Commit(batch=batch, now=0.0, revisions=[Revision(owner, "story", "1", plan.hash)]))


def claims(owner, batch, seen):
    hosts = ("thread:story@1",)
    return Commit(batch=batch, now=0.0, claim=Claim(owner, 9, hosts, None, seen))


@pytest.mark.parametrize(
    ("newest", "seen", "is_seen"),
    [
        ("own", 2, False),
        ("other", 2, True),
        ("other", 3, False),  # the third has died since: who claims learns of it at its next look
    ],
)
def test_a_claim_by_who_has_not_the_current_revision_is_seen(newest, seen, is_seen):
    scene = Scene()
    scene.witness.revisions.have_releases = True
    own, other = (scene.store.join("here", pid, 0.0, 5.0).id for pid in (1, 2))
    scene.commit(birth())
    order = [(own, ONE_STEP), (other, OTHER)]
    for batch, (owner, plan) in enumerate(order if newest == "other" else order[::-1], 2):
        announced(scene, owner, plan, batch)

    if is_seen:
        with pytest.raises(Violation, match="is current"):
            scene.commit(claims(own, 4, seen))
    else:
        assert scene.commit(claims(own, 4, seen)).claimed
