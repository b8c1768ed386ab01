"""Measure all cases beside the raw rate and the peers, and write `RESULTS.md`.

`python -m benchmarks` installs the peers, measures every case in five rounds and writes the
table. `--quick` runs small counts without peers and `--only NAME` some cases; both just print.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.figures import CASES, Case, Sample
from benchmarks.harness import machine, sample, table
from benchmarks.peers.install import PEERS, Peer, ensure

HERE = Path(__file__).parent
WORK = HERE / ".work"
LIMIT = 600.0  # seconds for one sample


class SampleFailedError(Exception):
    """A sample's process ended badly."""


def main() -> int:
    """Run what the command line asks for."""
    asked = arguments()
    cases = [case for case in CASES if not asked.only or case.name in asked.only]
    cases = [case for case in cases if case.peers is not None or not asked.peers_only]
    peers = [] if asked.no_peers or asked.quick else list(PEERS)
    for peer in peers:
        ensure(peer)
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir()
    facts = machine.facts(WORK)
    began = time.perf_counter()
    failures: list[str] = []
    results = [(case, rounds(case, asked, peers, failures)) for case in cases]
    text = report(facts, results, [peer.name for peer in peers], asked)
    text += f"\nThe whole took {(time.perf_counter() - began) / 60:.0f} minutes.\n"
    if failures:
        text += "\nFailed samples:\n\n" + "".join(f"- {failure}\n" for failure in failures)
    print("\n" + text)
    if not (asked.quick or asked.only or asked.peers_only):
        (HERE / "RESULTS.md").write_text(text, encoding="utf-8")
    return 1 if failures else 0


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--quick", action="store_true", help="small counts, no peers, print only")
    parser.add_argument("--only", nargs="+", choices=[c.name for c in CASES], metavar="NAME")
    parser.add_argument("--rounds", type=int, help="rounds of each case (5; quick: 1)")
    parser.add_argument("--no-peers", action="store_true", help="leave DBOS and LangGraph out")
    parser.add_argument("--peers-only", action="store_true", help="leave perdure out, print only")
    asked = parser.parse_args()
    asked.rounds = asked.rounds or (1 if asked.quick else 5)
    return asked


def rounds(
    case: Case, asked: argparse.Namespace, peers: Sequence[Peer], failures: list[str]
) -> list[dict[str, sample.Answer]]:
    """Measure a case in rounds; a sample that fails is reported and left out of its round."""
    plans = {"raw": [sys.executable, str(HERE / "harness" / "raw.py")]}
    if not asked.peers_only:
        plans |= {each.name: own(each, quick=asked.quick) for each in case.samples}
    if case.peers is not None:
        plans |= {peer.name: others(peer, case.peers) for peer in peers}
    found: list[dict[str, sample.Answer]] = []
    for turn in range(asked.rounds):
        answers: dict[str, sample.Answer] = {}
        for name, command in plans.items():
            print(f"{case.name} {turn + 1}/{asked.rounds}: {name}", flush=True)
            try:
                answers[name] = take(command)
            except SampleFailedError as failed:
                failures.append(f"{case.name}, {name}: {failed}")
                print(f"  failed: {failed}", flush=True)
        found.append(answers)
    return found


def own(each: Sample, *, quick: bool) -> list[str]:
    """Return the command of one of perdure's samples, its directory still missing."""
    numbers = {**each.numbers, **(each.quick if quick else {})}
    return [sys.executable, str(HERE / "cases" / each.script), *pairs(numbers)]


def others(peer: Peer, numbers: Mapping[str, int]) -> list[str]:
    """Return the command of one of a peer's samples, its directory still missing."""
    return [str(peer.python), str(peer.script), *pairs(numbers), *peer.extra]


def pairs(numbers: Mapping[str, int]) -> list[str]:
    """Write numbers as a sample's script reads them."""
    return [f"{name}={value}" for name, value in numbers.items()]


def take(command: Sequence[str]) -> sample.Answer:
    """Run one sample in a process and a directory of its own."""
    directory = WORK / "store"
    directory.mkdir()
    began = time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent), sample.BEGAN: str(began)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # else each start would compile its sources
    try:
        done = subprocess.run(
            [*command[:2], str(directory), *command[2:]],
            capture_output=True,
            text=True,
            timeout=LIMIT,
            env=environment,
            cwd=directory,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise SampleFailedError(f"not done after {LIMIT:.0f} s") from None
    finally:
        shutil.rmtree(directory)
    if done.returncode:
        last = (done.stderr.strip() or "no word").splitlines()[-1]
        raise SampleFailedError(f"exit {done.returncode}: {last}")
    return sample.read(done.stdout)


def report(
    facts: Mapping[str, str],
    results: Sequence[tuple[Case, table.Rounds]],
    peers: Sequence[str],
    asked: argparse.Namespace,
) -> str:
    """Write the page: where, how, the table, the notes and the settings in force."""
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    command = " ".join(["python -m benchmarks", *sys.argv[1:]])
    made = f"Made by `{command}` on {when}: medians of {asked.rounds} rounds."
    lines = [
        "# Figures",
        "",
        f"{made} `README.md` says how they are measured.",
        "",
        *(f"- {name}: {value}" for name, value in facts.items()),
        "",
        table.table(results, peers),
        *(f"- *{case.title}*: {case.note}" for case, _ in results if case.note),
        "",
        "Settings that were in force:",
        "",
        *settings(results),
    ]
    return "\n".join(lines) + "\n"


def settings(results: Sequence[tuple[Case, table.Rounds]]) -> list[str]:
    """List what each engine said of how it writes, once."""
    said = {
        (name, ", ".join(f"{key} {value}" for key, value in answer.settings.items()))
        for _, found in results
        for answers in found
        for name, answer in answers.items()
        if answer.settings
    }
    return [f"- {name}: {value}" for name, value in sorted(said)]
