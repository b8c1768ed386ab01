"""Secrets of runs: sealed as they come in, opened for their steps alone, and gone when they are to."""

from contextlib import closing

import pytest

from perdure.app.clock import SystemClock
from perdure.app.engine import Engine
from perdure.app.sealing import Secrets, Security, told_of, wants_sealing
from perdure.app.shown import show
from perdure.authoring.functions import function
from perdure.authoring.generators import generator
from perdure.authoring.graphs.loader import load_definition
from perdure.authoring.registry import Registry
from perdure.errors import InvalidValueError, RunFailedError, RunNotFoundError
from perdure.ports.vault import DataKey, MasterKeyError
from perdure.stores.sqlite import SqliteStore
from perdure.vaults.envelope import new_key
from perdure.vaults.masters import VARIABLE
from perdure.wire.sealed import Settings, with_vault
from tests.app.scenes import PATIENCE, adding

CANARY = "c4n4ry-8XQ2"
KEY = {"type": "secret", "value": CANARY}


@function("sealing_unlock")
def unlock(key: str) -> int:
    """Return how long the key is, or fail with it."""
    if key.startswith("bad"):
        raise ValueError(f"the key {key} is bad")
    return len(key)


@function("sealing_look")
def look(value: dict[str, str]) -> str:
    """Return what stands in a value that looks sealed."""
    return value["$sealed"]


def step(name, material, function="sealing_unlock", **more):
    return {
        "id": name, "type": "data_processing", "function": function, "input": material, **more
    }  # fmt: skip


def flow(*steps, **more):
    made, _ = load_definition({"name": "vaulted", "steps": list(steps), **more})
    return made


UNLOCK = step("unlock", "${workflow.input.key}")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state" / "perdure.db"


@pytest.fixture
def engine(path):
    with Engine(path, registry=Registry()) as opened:
        yield opened


def written(path):
    """Return the bytes of all files beside the store."""
    return b"".join(file.read_bytes() for file in path.parent.rglob("*") if file.is_file())


def test_a_secret_is_in_no_file_and_in_no_view_and_its_step_has_it(engine, path):
    """S004-65, A004-26: sealed before anything is written; the step gets it by its reference."""
    made = flow(UNLOCK, step("open", "${workflow.input.url}", "clean_text"))
    run = engine.start(made, key=KEY, url="u", tags=["t"])
    started = dict(run.data)
    result = run.result(PATIENCE)

    assert started == run.data == {"key": "<secret>", "url": "u"}
    assert result == {"unlock": "<secret>", "open": "u"}
    assert engine.view(run.id).secrets == "sealed"
    assert engine.view(run.id).data == started
    assert CANARY.encode() not in written(path)
    shown = {each.step: each.result for each in show(engine.store, run.id).steps}
    assert shown == {"unlock": "<secret>", "open": "u"}


def test_encrypted_data_is_passed_on_as_it_is(engine, path):
    """S004-66, A004-46: opaque text, sealed."""
    made = flow(step("a", "${workflow.input.data}", "clean_text", declassify=True))
    run = engine.start(made, data={"type": "encrypted", "value": CANARY})

    assert run.result(PATIENCE) == CANARY
    assert run.data == {"data": "<secret>"}


def test_a_result_that_depends_on_a_secret_is_one_unless_it_is_declassified(engine):
    """A004-27"""
    made = flow(UNLOCK, step("more", "n: ${unlock.result}", "clean_text"))
    clear = flow(
        {**UNLOCK, "declassify": True},
        step("more", "n: ${unlock.result}", "clean_text"),
        name="clear",
    )

    assert engine.start(made, key=KEY).result(PATIENCE) == "<secret>"
    assert engine.start(clear, key=KEY).result(PATIENCE) == f"n: {len(CANARY)}"


def test_what_the_output_of_a_definition_takes_of_a_secret_is_not_shown(engine):
    made = flow(
        UNLOCK,
        step("plain", "p", "clean_text"),
        output={
            "key": "${workflow.input.key.deep[0]}",
            "text": "it is ${unlock.result}",
            "plain": "${plain.result}",
            "all": "${workflow.input}",
        },
    )

    assert engine.start(made, key=KEY).result(PATIENCE) == {
        "key": "<secret>",
        "text": "it is <secret>",
        "plain": "p",
        "all": {"key": "<secret>"},
    }


def test_a_step_that_fails_tells_nothing_of_the_secret(engine, path, caplog):
    run = engine.start(flow(UNLOCK), key={"type": "secret", "value": f"bad {CANARY}"})

    with pytest.raises(RunFailedError) as caught:
        run.result(PATIENCE)

    assert "ValueError" in str(caught.value.error)
    assert "withheld" in str(caught.value)
    assert "sealing_unlock" not in str(caught.value)
    everything = f"{caught.value.error}{show(engine.store, run.id)}{caplog.text}"
    assert CANARY not in everything
    assert "in unlock" in caught.value.error["traceback"]
    assert CANARY.encode() not in written(path)


def test_inputs_are_checked_before_they_are_sealed_and_no_error_tells_them(engine):
    schema = {"key": {"type": "integer"}}

    with pytest.raises(InvalidValueError, match=r"inputs\.key: must be integer") as caught:
        engine.start(flow(UNLOCK, input_schema=schema), key=KEY)

    assert CANARY not in str(caught.value)
    assert engine.store.data_keys.masters() == {}


def test_intermediate_results_are_sealed_if_asked(engine, path):
    """S004-67"""
    made = flow(
        step("a", "${workflow.input.text}", "clean_text"), step("b", "b ${a.result}", "clean_text")
    )
    asked = {"encrypt_intermediate_results": True}
    run = engine.start(made, inputs={"text": "a text"}, security_config=asked)

    assert run.result(PATIENCE) == "b a text"
    shown = {each.step: each.result for each in show(engine.store, run.id).steps}
    assert shown == {"a": "<encrypted>", "b": "b a text"}


def test_the_key_goes_with_the_end_of_a_run_that_wants_it(engine):
    """S004-69: then nobody can read its secrets any more, and views say so."""
    asked = {"secure_deletion": True}
    made = flow(UNLOCK, output={"done": True})
    run = engine.start(made, inputs={"key": KEY}, security_config=asked)

    assert run.result(PATIENCE) == {"done": True}
    view = engine.view(run.id)
    assert view.data == {"key": "<secret, deleted>"}
    assert view.secrets.startswith("deleted at 2")
    assert view.secrets.endswith("by secure_deletion")
    assert engine.store.data_keys.get(run.id).wrapped is None


def test_a_run_that_has_lost_its_key_fails_when_it_needs_it(engine):
    made = flow(UNLOCK)
    bad = {"type": "secret", "value": "bad key"}
    run = engine.start(made, inputs={"key": bad}, security_config={"secure_deletion": True})
    with pytest.raises(RunFailedError):
        run.result(PATIENCE)

    engine.retry(run.id)

    with pytest.raises(RunFailedError) as caught:
        engine.run(run.id).result(PATIENCE)
    assert caught.value.error["kind"] == "secret_deleted"


def test_who_started_a_run_and_which_step_read_what_is_kept_if_asked(engine):
    """S004-68"""
    asked = {"audit_logging": True}
    run = engine.start(flow(UNLOCK), inputs={"key": KEY}, security_config=asked)
    run.result(PATIENCE)

    (unlock,) = show(engine.store, run.id).steps
    assert unlock.meta["secrets_read"] == ["workflow.input.key"]
    assert "; started by " in engine.view(run.id).secrets


@pytest.mark.parametrize(
    ("security", "why"),
    [
        ({"secure_delete": True}, r"secure_delete: there is no such.*mean 'secure_deletion'\?"),
        ({"x": True}, "There are: encrypt_intermediate_results, audit_logging, secure_deletion"),
        ({"secure_deletion": 1}, "secure_deletion: must be true or false, not 1"),
        (5, "it is a mapping"),
    ],
)
def test_a_security_config_that_cannot_be_meant_is_refused(engine, security, why):
    with pytest.raises(InvalidValueError, match=why):
        engine.start(flow(UNLOCK), inputs={"key": KEY}, security_config=security)


def test_secrets_are_of_runs_of_definitions_alone(engine):
    with pytest.raises(InvalidValueError, match="only runs of definitions keep secrets"):
        engine.start(adding(), n=KEY)


def test_where_a_secret_could_not_be_sealed_it_is_refused(engine):
    made = flow(UNLOCK)
    with engine.transaction() as block, pytest.raises(InvalidValueError, match="sealed and born"):
        engine.start(made, inputs={"key": KEY}, transaction=block)
    with pytest.raises(InvalidValueError, match="started by `start` alone"):
        engine.signal_with_start(made, "go", inputs={"key": KEY}, unique_key="u")
    with pytest.raises(InvalidValueError, match="here it would be written in clear"):
        made.begin({"key": KEY})
    with pytest.raises(InvalidValueError, match="the name is perdure's own"):
        made.begin({"key": 1, "$vault": []})


def test_many_runs_are_started_with_secrets_too(engine):
    runs = engine.start_many(flow(UNLOCK), [{"key": KEY}, {"key": "plain"}])

    assert [run.result(PATIENCE) for run in runs] == ["<secret>", 5]
    assert [engine.view(run.id).secrets for run in runs] == ["sealed", None]


def test_a_second_start_under_a_key_is_the_first_run(engine):
    first = engine.start(flow(UNLOCK), inputs={"key": KEY}, idempotency_key="one")
    second = engine.start(flow(UNLOCK), inputs={"key": KEY}, idempotency_key="one")

    assert first.id == second.id
    assert list(engine.store.data_keys.masters().values()) == [1]


@generator("sealing_steps")
def steps(inputs):
    """Write the input into the steps, or name it."""
    named = "${workflow.input.key}"
    return [step("a", inputs["key"] if inputs["writes"] else named, "clean_text")]


def test_a_generator_writes_no_secret_into_the_steps_that_it_makes(engine):
    """They are kept in clear."""
    made, _ = load_definition({"name": "made", "generator_function": "sealing_steps"})

    assert engine.start(made, key=KEY, writes=False).result(PATIENCE) == "<secret>"
    with pytest.raises(InvalidValueError, match="the generator has made hold a secret"):
        engine.start(made, key=KEY, writes=True)


# -- back, and elsewhere -------------------------------------------------------------------------


def test_a_run_goes_back_with_another_secret(engine):
    run = engine.start(flow(UNLOCK), inputs={"key": {"type": "secret", "value": "bad key"}})
    with pytest.raises(RunFailedError):
        run.result(PATIENCE)

    engine.rewind(run.id, "unlock", context={"key": KEY})

    assert engine.run(run.id).result(PATIENCE) == "<secret>"
    assert engine.view(run.id).data == {"key": "<secret>"}


def test_what_looks_sealed_is_sealed(engine):
    odd = {"$sealed": "secret:forged"}
    made = flow(step("a", "${workflow.input.odd}", "sealing_look"))
    run = engine.start(made, key=KEY, odd=odd)

    assert run.result(PATIENCE) == "secret:forged"
    run = engine.rewind(run.id, "a", context={"odd": odd})
    assert run.data["odd"] == "<encrypted>"


def test_a_run_without_a_key_takes_no_secret_later(engine):
    run = engine.start(flow(UNLOCK), key="plain")
    run.result(PATIENCE)

    with pytest.raises(InvalidValueError, match=r"context\.key: the run was started without"):
        engine.rewind(run.id, "unlock", context={"key": KEY})
    with pytest.raises(InvalidValueError, match=r"context\.\$vault: the name is perdure's own"):
        engine.rewind(run.id, "unlock", context={"$vault": []})


def test_a_fork_has_a_key_of_its_own(engine):
    """The other run's may be destroyed, and the fork still has what it was given."""
    made = flow(UNLOCK, step("more", "${unlock.result} ${workflow.input.key}", "clean_text"))
    run = engine.start(made, key=KEY)
    run.result(PATIENCE)

    fork = engine.fork(run.id, "more")
    engine.secrets.forget(run.id)

    assert fork.result(PATIENCE) == "<secret>"
    again = engine.fork(fork.id, "unlock")
    assert again.result(PATIENCE) == "<secret>"
    plain = engine.start(flow(UNLOCK, name="plain"), key="plain")
    plain.result(PATIENCE)
    assert engine.fork(plain.id, "unlock").result(PATIENCE) == 5


# -- keys ----------------------------------------------------------------------------------------


def test_a_runs_secrets_are_forgotten_on_request_when_it_has_ended(engine):
    waiting = engine.start(flow(UNLOCK), inputs={"key": KEY}, delay=3600)
    run = engine.start(flow(UNLOCK), key=KEY)
    run.result(PATIENCE)

    with pytest.raises(InvalidValueError, match="is pending, and may need its secrets"):
        engine.secrets.forget(waiting.id)
    with pytest.raises(RunNotFoundError):
        engine.secrets.forget("run_unknown")
    assert engine.secrets.forget(run.id, by="ann")
    assert not engine.secrets.forget(run.id, by="bob")
    assert engine.view(run.id).secrets.endswith("by ann")


def test_after_a_rotation_runs_go_on_and_the_old_key_is_nowhere(path):
    with Engine(path, registry=Registry(), worker=False) as engine:
        run = engine.start(flow(UNLOCK), key=KEY)
        old = path.with_name("perdure.db.key").read_text()
        id_, count = engine.secrets.rotate()

        assert count == 1
        assert engine.secrets.standing() == {id_: 1}
        assert old not in path.with_name("perdure.db.key").read_text()
    with Engine(path, registry=Registry()) as engine:
        assert engine.run(run.id).result(PATIENCE) == "<secret>"


def test_a_store_with_secrets_and_another_master_key_is_not_opened(path, monkeypatch):
    with Engine(path, registry=Registry()) as engine:
        engine.start(flow(UNLOCK), key=KEY).result(PATIENCE)
        (id_,) = engine.secrets.standing()
    monkeypatch.setenv(VARIABLE, new_key().hex())

    with pytest.raises(MasterKeyError, match=f"need the master key {id_}"):
        Engine(path, registry=Registry())

    with closing(SqliteStore(path)) as store:
        assert Secrets(store, path, SystemClock()).abandon(id_, by="ann") == 1
    Engine(path, registry=Registry()).close()


def test_the_master_key_may_be_given(path, monkeypatch):
    monkeypatch.setenv(VARIABLE, new_key().hex())
    with Engine(path, registry=Registry()) as engine:
        assert engine.start(flow(UNLOCK), key=KEY).result(PATIENCE) == "<secret>"

    assert not path.with_name("perdure.db.key").exists()


# -- small things --------------------------------------------------------------------------------


def test_most_starts_have_nothing_to_seal():
    assert not wants_sealing({"a": {"type": "secret"}, "b": 1}, None)
    assert wants_sealing({}, {})
    assert Security.of({}) == Security()


def test_how_secrets_are_kept_is_told_in_words():
    key = DataKey("r", "m", "w")
    context = with_vault(Settings(deletes=True, audits=True, by="ann"), {})

    assert told_of("{}", None) is None
    assert told_of(context, key) == "sealed, until its end; started by ann"
    assert told_of(context, None).startswith("deleted at 1970-01-01T00:00:00+00:00 by nobody")
