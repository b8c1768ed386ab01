"""What only a step of some type can have wrong: fields that belong together, or not, and literals."""

from collections.abc import Callable, Mapping

from perdure.authoring.graphs.conditions import constant
from perdure.authoring.graphs.drafts import Draft
from perdure.authoring.graphs.findings import Findings, place
from perdure.authoring.graphs.inputs import whole_schema
from perdure.authoring.graphs.resting import moment_of, seconds_of
from perdure.authoring.payloads import schema_flaw
from perdure.errors import InvalidInputError
from perdure.wire.encoding import encode


def check_kind(draft: Draft, findings: Findings) -> None:
    """Tell what is wrong with a step by its type."""
    kind = draft.data.get("type")
    check = _CHECKS.get(kind) if isinstance(kind, str) else None
    if check is not None:
        check(draft, findings)


def _wait(draft: Draft, findings: Findings) -> None:
    data, here = draft.data, draft.place
    asked = [name for name in ("signal", "event") if data.get(name) is not None]
    if len(asked) != 1:
        hint = 'Write "signal": "NAME", or "event": "NAME"'
        findings.error(here, "waits for one signal or one event", hint)
        return
    other, theirs = (
        ("event", ("entity", "match")) if asked == ["signal"] else ("signal", ("key", "form"))
    )
    for field in theirs:
        if data.get(field) is not None:
            hint = f"It belongs to a wait for {'an' if other == 'event' else 'a'} {other}"
            findings.error(place(here, field), f"is nothing for a wait for this {asked[0]}", hint)
    if data.get("on_timeout") == "continue":
        if data.get("timeout") is None and not draft.is_item:
            hint = 'Write "timeout": SECONDS'
            findings.error(place(here, "on_timeout"), "there is no timeout", hint)
    elif data.get("default") is not None:
        hint = 'Write "on_timeout": "continue"'
        findings.error(place(here, "default"), "is the result where a wait's time is up", hint)
    form = data.get("form")
    if isinstance(form, dict) and (flaw := schema_flaw(whole_schema(form))):
        findings.error(place(here, "form"), f"is no JSON Schema: {flaw}")


def _sleep(draft: Draft, findings: Findings) -> None:
    given = [name for name in ("seconds", "until") if draft.data.get(name) is not None]
    if len(given) != 1:
        findings.error(draft.place, "sleeps for 'seconds', or 'until' a moment: say one of them")
        return
    value = draft.data[given[0]]
    if "${" in encode(value):
        return
    try:
        _ = seconds_of(value) if given == ["seconds"] else moment_of(value)
    except InvalidInputError as error:
        message = str(error).removeprefix(f"{error.path}: ")
        findings.error(place(draft.place, given[0]), message)


def _http(draft: Draft, findings: Findings) -> None:
    url = draft.data.get("url")
    if isinstance(url, str) and not url.startswith(("https://", "http://", "${")):
        findings.error(place(draft.place, "url"), "must begin with https:// or http://")
    if draft.data.get("body") is not None and draft.data.get("method", "GET") in ("GET", "HEAD"):
        hint = 'Write "method": "POST"'
        findings.error(place(draft.place, "body"), "is nothing that a GET or HEAD sends", hint)


def _conditional(draft: Draft, findings: Findings) -> None:
    condition = draft.data.get("condition")
    held = constant(condition) if isinstance(condition, str) else None
    never = {True: "if_false", False: "if_true", None: ""}[held]
    if never and draft.data.get(never) is not None:
        message = f"the condition is always {str(held).lower()}, so this step is never run"
        findings.warning(place(draft.place, never), message)


_CHECKS: Mapping[str, Callable[[Draft, Findings], None]] = {
    "wait": _wait,
    "sleep": _sleep,
    "http": _http,
    "conditional": _conditional,
}
