"""`perdure.Client`: any key is taken, and a store of its own is closed with it."""

import perdure
from tests.service.scenes import TIDY


def test_any_key_is_taken(client):
    """S004-01."""
    assert client.workflows.create(definition=TIDY).id.startswith("wf_")


def test_what_a_client_has_made_another_one_finds(tmp_path):
    with perdure.Client(store=tmp_path / "p.db") as client:
        made = client.workflows.create(definition=TIDY)
        execution = made.execute({"text": "a  b"}).wait(timeout=20)
    with perdure.Client("another key", store=tmp_path / "p.db") as client:
        found = client.workflows.get_execution(execution.id)

    assert (found.status, found.final_result) == ("completed", "Again: a b")
    assert found.workflow_id == made.id
