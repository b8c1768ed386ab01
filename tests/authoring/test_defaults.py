"""The default registry: one in each process."""

from concurrent.futures import ThreadPoolExecutor

from perdure.authoring import defaults
from perdure.authoring.registry import Registry


def test_the_default_registry_is_the_same_each_time():
    first = defaults.default_registry()

    assert isinstance(first, Registry)
    assert defaults.default_registry() is first


def test_threads_that_ask_at_once_get_one_registry(monkeypatch):
    monkeypatch.setattr(defaults, "_registry", None)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: defaults.default_registry(), range(64)))

    assert len({id(registry) for registry in found}) == 1
