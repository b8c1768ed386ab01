"""Defects of events: what they start, when, how often, and for which of their times."""

from perdure.kernel.ways import Way
from perdure.runtime import almanac, herald
from perdure.runtime.almanac import Almanac
from perdure.stores.sqlite.events import SqliteEventWriter
from tests.simulation.defects import defect, reword


@defect
def firing_not_taken_away(patch):
    """What was started stays written down, and each start has a key of its own."""
    reword(patch, "events/taken", "DELETE FROM firings", "UPDATE firings SET due = due + 1.0")


@defect
def event_starts_again_when_it_comes_back_to_its_time(patch):
    """The key of a start has not the event's time in it, but the time of telling it."""
    born = almanac._born

    def keyed_by_telling(due, now):
        made = born(due, now)
        key = f"{made.start_key}:{due.event.told_at}"
        return made._replace(run=almanac.named_id("run", key, at=now), start_key=key)

    patch.setattr(almanac, "_born", keyed_by_telling)


@defect
def moved_event_starts_at_its_old_time_too(patch):
    """What was to come at the old time is not called off when the event is moved."""
    reword(patch, "events/unschedule", "WHERE", "WHERE false AND")
    reword(patch, "events/schedule", "INSERT INTO", "INSERT OR IGNORE INTO")


@defect
def moved_event_stays_where_it_was(patch):
    """An event that is told again has its new time, and its starts have the old one."""
    patch.setattr(SqliteEventWriter, "schedule", _only_once(SqliteEventWriter.schedule))


def _only_once(schedule):
    def once(self, event):
        with self._told() as db:
            there = db.execute(
                "SELECT 1 FROM firings WHERE event = (SELECT n FROM events WHERE id = ?)",
                (event.id,),
            ).fetchall()
        if not there:
            schedule(self, event)

    return once


@defect
def withdrawn_event_starts_all_the_same(patch):
    """Whoever withdraws an event is told that it is off, and nothing else happens."""
    patch.setattr(Almanac, "withdraw", lambda _self, _whose: 1)


@defect
def withdrawn_with_all_others_of_its_name(patch):
    """Withdrawing the event of one entity withdraws those of all."""
    reword(patch, "events/withdrawn", " AND entity IS :entity", "")


@defect
def start_before_the_event_is_made_at_it(patch):
    """A negative offset is taken for none."""
    reword(patch, "events/schedule", "e.n, t.shift, t.workflow, e.at + t.shift",
           "e.n, t.shift, t.workflow, e.at + max(t.shift, 0.0)")  # fmt: skip


@defect
def start_before_its_time(patch):
    """What is due within a second is started now."""
    reword(patch, "events/due", "f.due <= :now", "f.due <= :now + 1.0")


@defect
def start_skipped_that_had_not_passed(patch):
    """A trigger that skips what has passed skips what is to come."""
    reword(patch, "events/schedule", "e.at + t.shift < e.told_at", "e.at + t.shift > e.told_at")


@defect
def start_taken_away_without_a_birth(patch):
    """A start is taken in one transaction, and its run born in the next."""

    def fire(self, now):
        with self._store.transaction() as open_:
            due = open_.events.take_due(now, almanac.SLICE)
        with self._store.transaction() as open_:
            started = self._start(open_, due, now)
        self._ledger.put_all(almanac.Poke(run) for run in started)

    patch.setattr(Almanac, "_fire", fire)


@defect
def event_told_before_its_starts_are_written(patch):
    """An event is committed first, and what it starts in a transaction after that."""

    def emit(self, wanted, now):
        self.host(now)
        with self._store.transaction() as open_:
            told, was = self._identify(open_, wanted, now)
            open_.events.tell(told)
        with self._store.transaction() as open_:
            if was != told.at:
                open_.events.schedule(told)
            started = self._start(open_, open_.events.take_due(now, 500, told.id), now)
        return self.told(almanac.Emission(event=told.id, at=told.at, was=was, started=started))

    patch.setattr(Almanac, "emit", emit)


@defect
def start_that_is_answered_is_rolled_back(patch):
    """A teller is told of starts that his transaction did not write."""
    write = Almanac.write

    def boast(self, open_, wanted, now):
        made = write(self, open_, wanted, now)
        return almanac.replace(made, started=[*made.started, "run_boast"])

    patch.setattr(Almanac, "write", boast)


@defect
def idempotency_key_of_an_event_forgotten(patch):
    """An event that is told again under its key happens again."""
    patch.setattr(SqliteEventWriter, "of_key", lambda _self, _key: None)
    patch.setattr(SqliteEventWriter, "keep_key", lambda _self, _key, _event, _now: None)


@defect
def event_lost_on_the_way_to_the_first_attempt(patch):
    """A run that an event has started begins with nothing."""
    patch.setattr(almanac, "dump_event", lambda told: '[{},"' + told.id + '","' + told.name
                  + f'","",{told.at},""]')  # fmt: skip


@defect
def who_waits_is_not_told(patch):
    """An event starts what it starts, and wakes nobody."""
    patch.setattr(Almanac, "_announce", lambda *_: [])


@defect
def who_waits_is_told_at_once(patch):
    """An event that is announced wakes those who wait for it before its time."""
    reword(
        patch, "events/schedule", "SELECT n, 0.0, '', at FROM", "SELECT n, 0.0, '', told_at FROM"
    )


# -- the entity, and what is brought ---------------------------------------------------------------
@defect
def event_brought_to_those_who_wait_for_another_entity(patch):
    """An event of its name is brought to every run that waits for one."""
    reword(patch, "inbox/reached_by_event", " AND (w.key IS NULL OR w.key = :key)", "")


@defect
def event_that_was_kept_ends_a_wait_for_another_entity(patch):
    """Which entity a wait is for is asked of who waits, and not of what came early."""
    fits = Way.fits

    def fits_any(self, kind, name, key):
        return fits(self, kind, name, self.key if kind == "event" else key)

    patch.setattr(Way, "fits", fits_any)


@defect
def workflow_started_for_the_entity_of_another_event(patch):
    """What an event brings is taken for that of all events of its name."""
    first = {}
    dump = almanac.dump_event

    def dump_first(told):
        body = first.setdefault(told.name, told.body)
        return dump(told._replace(body=body))

    patch.setattr(almanac, "dump_event", dump_first)


@defect
def event_not_held_to_the_context_before_it_wakes(patch):
    """What an event brings is looked at by the step that follows the wait, and by nobody before."""
    patch.setattr(herald, "event_refusal", lambda _schema, _payload: "")
