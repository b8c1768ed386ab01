"""A step of a run that has a vault: what it reads is opened, and what it comes to sealed again.

A step that has read a secret passes none on in clear: its result is sealed as a secret, which taints
who reads that in turn, and of its error only the kind and the type are told, for its text may hold
anything. A definition's author can say of a step that it gives nothing away (`declassify`).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

from perdure.authoring.graphs.policies import JUDGED, TEXT_WITHHELD
from perdure.authoring.masking import MASKING, Masks, mask_logs
from perdure.authoring.registry import BodyMaker
from perdure.errors import (
    AttemptStoppedError,
    InvalidInputError,
    PerdureError,
    RetryAfterError,
    StepError,
)
from perdure.kernel.directives import Sleep, Wait
from perdure.kernel.plan import Plan, StepPlan
from perdure.kernel.references import Json, read, references
from perdure.ports.executor import Body, Judgement, Result, Work
from perdure.ports.vault import SecretGoneError, Vault
from perdure.wire.encoding import decode, encode
from perdure.wire.sealed import (
    PRIVATE,
    SECRET,
    VAULT,
    Settings,
    has_vault,
    input_place,
    read_sealed,
    sealed_value,
    settings_of,
)

WITHHELD = f'{TEXT_WITHHELD}. With "declassify": true it would be told'
TELLING = (
    *("model", "model_used", "provider", "method", "kind", "function"),
    *("run", "workflow", "woken_by"),
)
"""What is kept of a tainted step's `meta` beside numbers: names that its definition has."""


class Guard:
    """What one attempt has read that is secret: the places, and the texts."""

    def __init__(self) -> None:
        self.secrets: dict[str, str] = {}
        self.masks = Masks()

    def add(self, place: str, text: str) -> None:
        """Note that the secret of this place was read."""
        if place not in self.secrets:
            self.secrets[place] = text
            self.masks.add(decode(text))


_GUARD: ContextVar[Guard | None] = ContextVar("perdure_guard", default=None)


class Opener:
    """Opens what an attempt reads, and remembers what of it is secret."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._secrets: dict[str, str] = {}

    def tell(self) -> None:
        """Say that the attempt which runs here depends on all that was opened."""
        guard = _GUARD.get()
        if guard is None:
            return
        for place, text in self._secrets.items():
            guard.add(place, text)

    def inputs(self, context: str, name: str | None) -> dict[str, Json]:
        """Return a run's inputs with the one of this name opened, or with all of them."""
        values: dict[str, Json] = decode(context)
        values.pop(VAULT)
        for each in [*values] if name is None else [name] * (name in values):
            values[each] = decode(self._opened(input_place(each), encode(values[each])))
        return values

    def outputs(self, steps: list[str]) -> dict[str, str | None]:
        """Return the JSON texts of steps' results."""
        found = self._work.outputs(steps)
        return {
            step: self._opened(step, text) if text is not None else None
            for step, text in found.items()
        }

    def _opened(self, place: str, text: str) -> str:
        """Return a JSON text as it was before it was sealed, if it is."""
        if (found := _sealed_text(text)) is None:
            return text
        kind, token = found
        opened = _vault(self._work).opened(self._work.run, place, kind, token)
        if kind == SECRET:
            self._secrets[place] = opened
            self.tell()
        return opened


def opener_of(work: Work) -> Opener | None:
    """Return what opens the values of an attempt; None where its run has no vault."""
    return Opener(work) if has_vault(work.context) else None


def _sealed_text(text: str) -> tuple[str, str] | None:
    return read_sealed(decode(text)) if text.startswith('{"$sealed":') else None


def _vault(work: Work) -> Vault:
    if work.vault is None:
        raise SecretGoneError("this process has no keys: it cannot open or seal what is secret")
    return work.vault


@dataclass(slots=True)
class Guarded:
    """A step's body, which it stands before. Where no run has a vault it costs a look at the inputs."""

    body: Body
    declassifies: bool
    is_async: bool = False

    def __call__(self, work: Work) -> Result:
        """Run the step once."""
        settings = settings_of(work.context)
        if settings is None:
            return self.body(work)  # type: ignore[return-value]  # what the body is, this is
        wrong: Exception | None = None
        with _guarding() as guard:
            try:
                result = self.body(work)
                assert isinstance(result, Result)
                return self._sealed(work, settings, guard, result)
            except AttemptStoppedError:
                raise
            except Exception as error:  # noqa: BLE001 - raised again below, without its text
                wrong = self._told(guard, error) if guard.secrets else error
        raise wrong

    def judge(self, work: Work, error: Exception) -> Judgement:
        """Tell `executors.invoke` whether another try may follow this error, and when."""
        ask = getattr(self.body, "judge", None)
        said: Judgement = ask(work, error) if ask is not None else Judgement(True)
        return said if not isinstance(error, _WithheldError) or error.may_pass else Judgement(False)

    def _told(self, guard: Guard, error: Exception) -> Exception:
        """Return what is told of an error: of the same kind and type, and raised at the same place."""
        text = guard.masks.hide(str(error)) if self.declassifies else WITHHELD
        name, of = type(error).__name__, {"__module__": type(error).__module__}
        told: _WithheldError = type(name, (_WithheldError,), of)(text)
        if isinstance(error, RetryAfterError):
            told = type(name, (_WithheldAfterError,), of)(text, seconds=error.seconds)
        told.kind = error.kind if isinstance(error, StepError) else "error"
        told.retryable = error.retryable if isinstance(error, StepError) else True
        told.may_pass = isinstance(error, StepError) or not isinstance(error, PerdureError)
        if JUDGED in error.__dict__:  # its handler was asked already
            told.__dict__[JUDGED] = error.__dict__[JUDGED]
        return told.with_traceback(error.__traceback__)

    def _sealed(self, work: Work, settings: Settings, guard: Guard, result: Result) -> Result:
        meta = dict(result.meta or {})
        output = result.output
        tainted = bool(guard.secrets) and not self.declassifies
        if tainted:
            if result.children or isinstance(result.outcome, Wait | Sleep):
                raise InvalidInputError(
                    "what a step waits for, and the inputs of a run that it starts, are kept in clear: "
                    "it may not have read a secret"
                )
            meta = _plain(meta)
        elif guard.secrets:
            meta = {name: guard.masks.hide_in(value) for name, value in meta.items()}
        if guard.secrets and settings.audits:
            meta["secrets_read"] = sorted(guard.secrets)
        if output is not None:
            is_odd = _sealed_text(output) is not None
            if tainted or is_odd or (settings.encrypts and not is_given_back(work.plan, work.step)):
                kind = SECRET if tainted else PRIVATE
                token = _vault(work).sealed(work.run, work.path, kind, output)
                output = encode(sealed_value(kind, token))
        return replace(result, output=output, meta=meta or None)


def guarded(make: BodyMaker) -> BodyMaker:
    """Return a maker of bodies that are guarded."""

    def make_guarded(plan: Plan, step: StepPlan) -> Body:
        declassifies = bool(decode(step.config).get("declassify"))
        return Guarded(make(plan, step), declassifies)

    return make_guarded


def is_given_back(plan: Plan, step: StepPlan) -> bool:
    """Whether a step's result, or that of the step it is a branch of, is a part of the run's."""
    names = set(plan.sinks())
    if plan.output:
        names = {reference.step for reference in references(read(decode(plan.output)))}
    while step.name not in names and step.within is not None:
        step = plan.step(step.within)
    return step.name in names


class _WithheldError(StepError):
    """An error of which the text is not told; one that does not pass is not tried again."""

    may_pass = True


class _WithheldAfterError(RetryAfterError, _WithheldError):
    """The same, of one that says when to come again."""


@contextmanager
def _guarding() -> Iterator[Guard]:
    """Have what is read in the block noted, and masked in the log records that are made in it."""
    mask_logs()
    guard = Guard()
    here, masks = _GUARD.set(guard), MASKING.set(guard.masks)
    try:
        yield guard
    finally:
        MASKING.reset(masks)
        _GUARD.reset(here)


def _plain(meta: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a tainted step's meta gives nothing away: numbers, and names of ours."""
    kept: dict[str, Any] = {}
    for name, value in meta.items():
        if isinstance(value, dict):
            inner = _plain(value)
            kept |= {name: inner} if inner else {}
        elif name in TELLING or isinstance(value, bool | int | float):
            kept[name] = value
    return kept
