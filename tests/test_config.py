"""Settings: defaults, then perdure.toml, then the environment, then what is given."""

from pathlib import Path

import pytest

from perdure.config import Config, keep_in_memory, load_config
from perdure.errors import ConfigError


@pytest.fixture(autouse=True)
def _as_outside_of_a_test_session():
    keep_in_memory(on=False)
    yield
    keep_in_memory()


def test_without_anything_the_store_is_in_this_folder(tmp_path):
    config = load_config({}, tmp_path)

    assert config.store == str(Path(".perdure") / "perdure.db")
    assert config.path == Path.cwd() / ".perdure" / "perdure.db"
    assert (config.worker, config.durability) == ("on", "full")


def test_the_file_is_read_from_the_folder(tmp_path):
    (tmp_path / "perdure.toml").write_text('store = "/var/x.db"\nthreads = 4\n')

    config = load_config({}, tmp_path)

    assert (config.store, config.threads) == ("/var/x.db", 4)


def test_the_environment_wins_over_the_file_and_what_is_given_over_both(tmp_path):
    (tmp_path / "perdure.toml").write_text("threads = 4\ncoroutines = 5\n")
    environ = {"PERDURE_THREADS": "6", "PERDURE_LEASE_SECONDS": "1.5"}

    config = load_config(environ, tmp_path, threads=7)

    assert (config.threads, config.coroutines, config.lease_seconds) == (7, 5, 1.5)


def test_what_is_given_as_none_is_not_given(tmp_path):
    assert load_config({"PERDURE_STORE": "a.db"}, tmp_path, store=None).store == "a.db"


def test_a_store_in_memory_has_no_path(tmp_path):
    assert load_config({"PERDURE_STORE": ":memory:"}, tmp_path).path is None


@pytest.mark.parametrize(
    ("environ", "text"),
    [
        ({"PERDURE_THREADS": "many"}, "PERDURE_THREADS: threads is 'many', not int"),
        ({"PERDURE_WORKER": "maybe"}, "worker is 'maybe'; it can be 'on' or 'off'"),
        ({"PERDURE_DURABILITY": "some"}, "it can be 'full' or 'process'"),
        ({"PERDURE_THREADS": "0"}, "threads is 0; it must be more than 0"),
    ],
)
def test_a_wrong_setting_is_named_with_where_it_comes_from(tmp_path, environ, text):
    with pytest.raises(ConfigError, match=text):
        load_config(environ, tmp_path)


def test_an_unknown_setting_in_the_file_is_named_with_those_there_are(tmp_path):
    (tmp_path / "perdure.toml").write_text("thread = 4\n")

    with pytest.raises(ConfigError, match="unknown setting 'thread'; there are .*threads"):
        load_config({}, tmp_path)


def test_a_file_that_is_not_toml_is_named(tmp_path):
    (tmp_path / "perdure.toml").write_text("threads 4\n")

    with pytest.raises(ConfigError, match=r"perdure\.toml is not TOML"):
        load_config({}, tmp_path)


def test_a_path_may_begin_at_home():
    assert Config(store="~/x.db").path == Path.home() / "x.db"


def test_in_a_test_session_a_store_that_nobody_names_is_in_memory(tmp_path):
    """Also where a `perdure.toml` names one: it is the developer's."""
    (tmp_path / "perdure.toml").write_text('store = "live.db"\n')
    keep_in_memory()

    assert load_config({}, tmp_path).path is None
    assert load_config({"PERDURE_STORE": "mine.db"}, tmp_path).store == "mine.db"
    assert load_config({}, tmp_path, store="given.db").store == "given.db"


def test_how_many_processes_there_are_and_how_long_they_have_to_end(tmp_path):
    (tmp_path / "perdure.toml").write_text("processes = 3\ngrace_seconds = 1.5\n")

    config = load_config({}, tmp_path)

    assert (config.processes, config.grace_seconds) == (3, 1.5)


@pytest.mark.parametrize(
    ("queues", "served"),
    [("", None), (" , ", None), ("mail", ("mail",)), ("mail, gpu,mail", ("mail", "gpu"))],
)
def test_the_queues_that_are_served_are_a_list_and_without_one_all(tmp_path, queues, served):
    assert load_config({"PERDURE_QUEUES": queues}, tmp_path).served == served


def test_runs_are_kept_for_a_month_for_so_many_days_or_for_ever():
    kept = [load_config({"PERDURE_KEEP_DAYS": days}).keep_seconds for days in ("7", "0")]

    assert load_config({}).keep_seconds == 30 * 86400.0
    assert kept == [7 * 86400.0, None]
    with pytest.raises(ConfigError, match="keep_days is -1.0"):
        load_config({"PERDURE_KEEP_DAYS": "-1"})
