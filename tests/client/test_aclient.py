"""The client for coroutines: the same calls, to be awaited."""

import asyncio

import perdure
from tests.service.scenes import TIDY


def test_calls_are_awaited_and_answer_twins(tmp_path):
    async def scene():
        async with perdure.AsyncClient("any", store=tmp_path / "p.db") as client:
            made = await client.workflows.create(definition=TIDY)
            execution = await made.execute({"text": "a  b"})
            await execution.wait(timeout=20)
            listed = await client.workflows.list()
            events = [event.type async for event in await execution.monitor()]
            revisions = await client.workflows.revisions(made.id)
            return execution, listed, events, revisions, repr(made)

    execution, listed, events, revisions, shown = asyncio.run(scene())

    assert (execution.status, execution.final_result) == ("completed", "Again: a b")
    assert (listed[0].name, listed.total, listed.has_more) == ("tidy", 1, False)
    assert (events[0], events[-1]) == ("execution_started", "execution_completed")
    assert revisions[0].revision == 1
    assert shown.startswith("<Workflow wf_")


def test_handlers_are_registered_as_ever(tmp_path):
    told = []

    async def scene():
        async with perdure.AsyncClient(store=tmp_path / "p.db") as client:
            made = await client.workflows.create(definition=TIDY)
            execution = await made.execute({"text": "a"})
            monitor = await client.workflows.monitor(execution.id)
            monitor.on_step_completed(lambda step_id, _result: told.append(step_id))
            await monitor.wait(20)

    asyncio.run(scene())

    assert told == ["clean", "again"]
