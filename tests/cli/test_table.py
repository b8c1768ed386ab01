"""A run's progress as a table in a terminal."""

from dataclasses import replace

from perdure.cli.table import LiveTable
from perdure.kernel import history
from perdure.ports.rows import JobRow
from tests.cli.scenes import post_office, start_graph, terminal, text_of, until_waiting, view


def drawn(scene, loaded, now, **size):
    """Return the lines of the table, as they would be drawn."""
    scene.look()
    console = terminal(**size)
    text = text_of(LiveTable(scene, console).render(loaded, now), console.width)
    return [line.rstrip() for line in text.splitlines()]


def test_a_graph_is_drawn_in_its_order_with_what_has_not_begun(tmp_path):
    with post_office(tmp_path / "p.db", worker=False) as engine:
        run = start_graph(engine, text="a")
        scene, loaded = view(engine, run)

        title, tidy, collected = drawn(scene, loaded, loaded.row.created_at)

        assert title == f"run {run.id} of tidying 1"
        assert tidy.split() == ["·", "tidy", "queued"]
        assert collected.split() == ["·", "all", "pending"]


def test_what_runs_is_timed_from_when_it_was_seen_to(tmp_path):
    with post_office(tmp_path / "p.db", worker=False) as engine:
        run = start_graph(engine, text="a")
        scene, loaded = view(engine, run)
        claimed = replace(loaded, jobs=(JobRow("tidy", 1, 1, 1, 7, 0.0, None),))
        table = LiveTable(scene, terminal())
        scene.look()
        table.render(claimed, 100.0)

        line = text_of(table.render(claimed, 112.5)).splitlines()[1]

        assert line.split()[1:] == ["tidy", "running", "12.5", "s"]


def test_what_a_step_says_of_itself_is_drawn_while_it_runs(tmp_path):
    with post_office(tmp_path / "p.db", worker=False) as engine:
        run = start_graph(engine, text="a")
        scene, loaded = view(engine, run)
        beaten = JobRow("tidy", 1, 1, 1, 7, 0.0, None, 9.0, 0.5, '"halfway"')

        line = drawn(scene, replace(loaded, jobs=(beaten,)), 100.0)[1]

        assert "50%: halfway" in line


def test_ended_visits_wait_with_their_signal_and_show_retries(tmp_path):
    with post_office(tmp_path / "p.db") as engine:
        run = engine.start("parcel")
        until_waiting(engine, run)
        scene, loaded = view(engine, run)

        _, pack, ask = drawn(scene, loaded, loaded.row.created_at, width=120)

        assert pack.split()[:3] == ["✓", "pack", "completed"]
        assert "attempt 2" in pack
        assert ask.split()[:3] == ["…", "ask", "waiting"]
        assert "for signal 'courier', until 20" in ask


def test_a_failure_is_drawn_with_its_reason_on_one_line(tmp_path):
    with post_office(tmp_path / "p.db") as engine:
        run = start_graph(engine, text=5).wait(10)
        scene, loaded = view(engine, run)

        _, tidy, collected = drawn(scene, loaded, loaded.row.created_at, width=60)

        assert tidy.split()[:3] == ["✗", "tidy", "failed"]
        assert "invalid_input" in tidy
        assert len(tidy) <= 60
        assert collected.split()[:3] == ["·", "all", "skipped"]


def test_a_retry_says_in_how_long(tmp_path):
    with post_office(tmp_path / "p.db", worker=False) as engine:
        run = start_graph(engine, text="a")
        scene, loaded = view(engine, run)
        scene.look()
        scene.progress._take(history.AttemptFailed("tidy", 1, 1, "timeout", "late\nagain"), 5.0)
        scene.progress._take(history.StepScheduled("tidy", 1, 2, 9.0), 5.0)

        _, tidy, _ = drawn(scene, loaded, 6.0)

        assert tidy.split()[2:5] == ["retrying", "in", "3.0"]
        assert tidy.endswith("attempt 2, timeout: late again")


def test_a_long_run_is_drawn_by_what_is_open_and_what_came_last(tmp_path):
    with post_office(tmp_path / "p.db") as engine:
        run = start_graph(engine, text="a").wait(10)
        scene, loaded = view(engine, run)
        scene.look()
        scene.plan = machine = replace(scene.plan, kind="machine", start="tidy")
        for number in range(2, 300):
            scene.progress._take(history.StepScheduled("tidy", number, 1, float(number)), 1.0)
            if number != 5:
                scene.progress._take(history.StepSucceeded("tidy", number, 1), float(number))
        scene.progress._forget()

        lines = drawn(scene, loaded, 400.0, height=12)

        assert machine.kind == "machine"
        assert len(lines) <= 12
        assert any(line.split()[1:3] == ["tidy", "#5"] for line in lines), "it is still open"
        assert any(line.split()[1:3] == ["tidy", "#299"] for line in lines)
        assert "earlier visits" in lines[1]
        assert lines[-1].strip().startswith("and ")


def test_a_terminal_without_unicode_gets_plain_signs(tmp_path):
    with post_office(tmp_path / "p.db") as engine:
        run = start_graph(engine, text="a").wait(10)
        scene, loaded = view(engine, run)
        console = terminal()
        scene.look()
        table = LiveTable(scene, console)
        table._utf = False

        text = text_of(table.render(loaded, 1.0))

        assert text.isascii()
        assert "+ tidy" in text


def test_it_lives_in_a_terminal_and_leaves_the_last_picture(tmp_path):
    with post_office(tmp_path / "p.db") as engine:
        run = start_graph(engine, text="a").wait(10)
        scene, loaded = view(engine, run)
        console = terminal()

        with LiveTable(scene, console) as table:
            table.update(loaded, 1.0)

        text = console.file.getvalue()
        assert "\x1b[?25l" in text
        assert text.rindex("\x1b[?25h") > text.rindex("completed"), "the cursor is given back"
