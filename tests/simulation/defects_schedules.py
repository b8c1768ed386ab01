"""Defects that are planted in what begins runs by itself."""

from itertools import count

from perdure.authoring import recurrence
from perdure.authoring.recurrence import Cron, Every
from perdure.runtime import occurrences, scheduler
from perdure.runtime.occurrences import Occurrences
from perdure.runtime.scheduler import Scheduler
from tests.simulation.defects import defect, reword


@defect
def time_begun_by_two_processes(patch):
    """A run's birth is fenced neither by its schedule nor by the key of its time."""
    reword(patch, "schedules/late", " WHERE s.seq IS NOT x.value->>2", " WHERE s.seq IS NULL")
    number = count()
    key = scheduler.start_key
    patch.setattr(occurrences, "start_key", lambda name, at: f"{key(name, at)} {next(number)}")
    patch.setattr(occurrences, "named_id", lambda prefix, *_of, at: f"{prefix}-s{next(number)}")


@defect
def schedule_goes_on_before_its_run_is_born(patch):
    """Two commits where there was one: whoever dies in between has lost a time."""
    begin = Scheduler._begin

    def first_of_all(self, row, said, at, now, **options):
        moved = row._replace(
            seq=row.seq + 1, next_at=said.recurrence(row.made_at).after(at), last_at=at
        )
        if self._store.put_schedule(moved, row.seq):
            begin(self, moved, said, at, now, **options)

    patch.setattr(Scheduler, "_begin", first_of_all)


@defect
def overlap_ignored(patch):
    """Runs that are to be alone are born beside each other."""
    birth = Occurrences._birth

    def without_key(self, *args, **options):
        made = birth(self, *args, **options)
        made.born = made.born._replace(unique_key=None)
        return made

    patch.setattr(Occurrences, "_birth", without_key)


@defect
def repeated_hour_taken_twice(patch):
    """A time of day that comes twice on a night has two runs."""
    patch.setattr(Cron, "_is_time_of_day", lambda _self: False)


@defect
def time_in_a_gap_taken_late(patch):
    """A time that the clocks leave out is taken an hour later than the gap ends."""
    patch.setattr(
        recurrence, "_on_the_wall",
        lambda time, zone: time if time.tzinfo is not None else time.replace(tzinfo=zone),
    )  # fmt: skip


@defect
def schedule_comes_early(patch):
    """A schedule is due a second before its time."""
    look = Scheduler._look
    patch.setattr(Scheduler, "_look", lambda self, now: look(self, now + 1.0))


@defect
def pause_between_look_and_commit_ignored(patch):
    """A run is born of a schedule that was paused or changed since it was looked at."""
    reword(patch, "schedules/late", " WHERE s.seq IS NOT x.value->>2", " WHERE s.seq IS NULL")


@defect
def only_the_newest_time_caught_up(patch):
    """All that were missed are to have a run, and one has."""
    newest = scheduler.newest
    patch.setattr(
        scheduler, "newest", lambda rule, first, until, _most: newest(rule, first, until, 1)
    )


@defect
def time_that_waits_for_a_run_dropped(patch):
    """A time that waits for the end of a run is skipped where that has not ended."""
    handle = Scheduler._handle

    def impatient(self, row, now):
        holders = set(self._holders)
        handle(self, row, now)
        if self._holders - holders:
            self._go_on(row, scheduler.load(row.said), now)

    patch.setattr(Scheduler, "_handle", impatient)


@defect
def next_time_counted_from_now(patch):
    """An interval is counted from the last run, not from when it began, and drifts."""
    patch.setattr(
        Every, "after", lambda self, moment: max(moment, self.anchor) + self.seconds + 0.01
    )


@defect
def move_of_a_schedule_lost(patch):
    """A run is born, and its schedule stays where it was."""
    reword(patch, "schedules/go_on", "next_at = x.value->>4, ", "")
