"""`django_ai.automation.queues.sync_executor`: steps that run at once, for tests."""

from perdure.testing.sandbox import SynchronousExecutor

__all__ = ["SynchronousExecutor"]
