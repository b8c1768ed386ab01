"""Workflows written as data, JSON or YAML: document 004's definitions, compiled to graph plans.

Read in this order: `models` (what may be written), `reading` (text to data; `yamls`), `validation`
(what is wrong with it; `shape`, `drafts`, `links`, `handling`, `inputs`, `findings`), `compiling`
(data to a plan), `loader` (all of these in one call). `templates` make definitions of parameters,
`dynamic` has a generator make them of a run's inputs. When a run goes through a plan, `bodies` does
the steps (`values`, `conditions`, `looping`, `failures`) and `results` says what the run came to.

What is named here is what a process needs that only runs stored plans: no validator, no YAML.
"""

from perdure.authoring.graphs.bodies import body_makers
from perdure.authoring.graphs.results import final_result

__all__ = ["body_makers", "final_result"]
