"""Defects of queues: limits that leak, are exceeded or not kept, and turns that are not given."""

from perdure.runtime.slots import Slots
from perdure.stores import choosing
from perdure.stores.choosing import Candidate, Line
from perdure.stores.sqlite import claims
from tests.simulation.defects import defect, reword


@defect
def place_lost_with_a_dead_worker(patch):
    """A job that was taken over counts as under way for ever: its place has leaked."""
    reword(
        patch,
        "commit/queues",
        "j.queue = names.name AND j.owner IS NOT NULL) END",
        "j.queue = names.name AND (j.owner IS NOT NULL OR j.token > 0)) END",
    )


@defect
def limit_counted_by_each_worker_alone(patch):
    """Two processes exceed the limit together: each counts what it has claimed itself."""
    known = claims.fetch
    asks = {}

    def fetch(db, name, **asked):
        rows = known(db, name, **asked)
        if name != "commit/queues":
            return rows
        return [
            (*row[:4], None if row[4] is None else row[4] + _of_others(db, row[0], asks), *row[5:])
            for row in rows
        ]

    claim = claims.claim

    def claiming(db, wanted, now):
        asks["owner"] = wanted.owner
        return claim(db, wanted, now)

    patch.setattr(claims, "fetch", fetch)
    patch.setattr("perdure.stores.sqlite.commit.claim", claiming)


def _of_others(db, queue, asks):
    asked = {"queue": queue, "owner": asks["owner"]}
    found = db.execute(
        "SELECT count(*) FROM jobs WHERE queue = :queue AND owner <> :owner", asked
    ).fetchone()
    return found[0]


@defect
def step_of_a_limited_queue_born_claimed(patch):
    """A step begins where it is made, whatever its queue allows."""

    def reserve(self, hot, step):
        lane = self.lanes.get(step.lane)
        if lane is None or not self.accepts or lane.backlog or lane.free <= lane.reserved:
            return False
        if self._registry.body(hot.plan, step) is None or not self._registry.has(step):
            return False
        lane.reserved += 1
        return True

    patch.setattr(Slots, "reserve", reserve)


@defect
def limit_of_a_full_queue_is_one_more(patch):
    """A queue gives one job more than it may."""
    allows = Line.allows
    patch.setattr(
        Line,
        "allows",
        lambda self, most: allows(
            self if self.free is None else self._replace(free=self.free + 1), most
        ),
    )


@defect
def rate_not_noted(patch):
    """What is begun is not written down, so the rate is never used up."""
    taken = choosing.taken
    patch.setattr(claims, "taken", lambda *given: taken(*given)._replace(begun=[]))


@defect
def rate_counted_by_the_clocks_minute(patch):
    """The rate begins anew with each span of the clock: twice as many begin about its turn."""
    counts = (
        "SELECT coalesce(sum(b.count), 0) FROM begun AS b\n          WHERE b.queue = names.name"
    )
    reword(
        patch,
        "commit/queues",
        f"{counts} AND b.at > :now - q.seconds",
        f"{counts} AND b.at >= :now - :now % q.seconds",
    )


@defect
def key_with_many_jobs_starves_another(patch):
    """The key whose job has waited longest is always served, whatever the others have had."""

    def in_turn(queue, keys, _busy):
        jobs = [
            Candidate(rank, job, queue, key, place)
            for place, (key, found) in enumerate(keys)
            for rank, job in found
        ]
        return iter(sorted(jobs, key=lambda candidate: candidate.rank))

    patch.setattr(claims, "in_turn", in_turn)


@defect
def turn_not_written(patch):
    """The first key by name is served again and again: nobody knows whose turn it was."""
    taken = choosing.taken
    patch.setattr(claims, "taken", lambda *given: taken(*given)._replace(turns=[]))


@defect
def attempts_under_way_not_asked_for(patch):
    """A key that has all that its queue gives gets the next place, too."""
    patch.setattr(claims._Queue, "_busy", lambda _self: {})


@defect
def age_ignored(patch):
    """Of what waits the highest priority comes first, however long the others have waited."""
    patch.setattr(claims, "rank", lambda due, priority: due - 1e9 * priority)


@defect
def priority_ignored(patch):
    """Only age tells."""
    patch.setattr(claims, "rank", lambda due, _priority: due)


@defect
def queue_that_a_worker_does_not_serve(patch):
    """A worker claims of every queue."""
    claim = Slots.claim

    def claims_all(self, owner):
        made = claim(self, owner)
        return None if made is None else made._replace(queues=None)

    patch.setattr(Slots, "claim", claims_all)


@defect
def look_for_jobs_sees_one_lane(patch):
    """Jobs of the other lanes wait until somebody claims for their sake, which may be never."""
    known = Slots.claim_of_any

    def claim_of_any(self):
        claim = known(self)
        return claim._replace(hosts=claim.hosts[:1])

    patch.setattr(Slots, "claim_of_any", claim_of_any)
