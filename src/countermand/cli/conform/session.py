"""One run of the command: which server, which cases, in which order what is said.

Rule 1: files and command line are checked to the end before the first request is sent.
Rule 2: a vendor's own API has no sandbox. No world is put there, and the cases that need one are left out, and said so.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from countermand.cli.conform.casefile import Case, CaseFile, load_all, read_headers
from countermand.cli.conform.reading import FormatError, require
from countermand.cli.conform.report import Result, Screen, as_json
from countermand.cli.conform.runner import run_case
from countermand.cli.conform.wire import Target, aim

__all__ = ["FormatError", "Options", "execute"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The command line."""

    files: tuple[Path, ...]
    base_url: str | None
    vendor_url: str | None
    headers: tuple[str, ...]
    renames: tuple[str, ...]
    only: tuple[str, ...]
    basis: str | None
    timeout_s: float
    is_check: bool
    json_path: Path | None
    is_verbose: bool


def execute(options: Options) -> int:
    """Do what the command line says; answer the exit status. Raises FormatError and click's UsageError."""
    if options.is_check:
        files = load_all(options.files)
        _select(files, options)
        cases = sum(len(file.cases) for file in files)
        click.echo(f"{cases} cases in {len(files)} files are well formed")
        return 0
    target = _target(options)
    files = load_all(options.files, _renames(options))
    vendors = sorted({file.vendor for file in files})
    require(target.has_sandbox or len(vendors) == 1, f"--vendor-url: is for one vendor, not for {', '.join(vendors)}")
    return _run(_select(files, options), options, target=target)


def _run(selected: Sequence[tuple[CaseFile, Case]], options: Options, *, target: Target) -> int:
    left_out = [case for _, case in selected if case.needs_sandbox and not target.has_sandbox]
    runnable = [(file, case) for file, case in selected if target.has_sandbox or not case.needs_sandbox]
    # A report that can't be written should be known before the run, not after it.
    _write(options.json_path, "")
    results = []
    with Screen(len(runnable), is_verbose=options.is_verbose) as screen:
        for file, case in runnable:
            screen.starts(case)
            begin = time.monotonic()
            failure = run_case(case, file=file, target=target)
            results.append(Result(file, case, failure, time.monotonic() - begin))
            screen.ends(results[-1])
    url = options.base_url or options.vendor_url or ""
    _write(options.json_path, as_json(results, left_out=left_out, url=url))
    screen.sums_up(results, len(left_out))
    return int(any(result.failure for result in results))


def _target(options: Options) -> Target:
    url = options.base_url or options.vendor_url
    if url is None or (options.base_url and options.vendor_url):
        raise click.UsageError("Give one of --base-url, --vendor-url and --check.")
    if options.renames and not options.vendor_url:
        raise click.UsageError("--rename goes with --vendor-url: a sandbox has the names of the cases.")
    parts = [text.partition(":") for text in options.headers]
    for name, colon, _ in parts:
        require(colon, f"--header: {name!r} is not 'NAME: VALUE'")
    headers = read_headers({name: value.strip() or None for name, _, value in parts}, "--header")
    return aim(url, has_sandbox=options.vendor_url is None, headers=headers, timeout_s=options.timeout_s)


def _renames(options: Options) -> Mapping[str, str]:
    pairs = [text.partition("=") for text in options.renames]
    for old, sign, new in pairs:
        require(old and sign and new, f"--rename: {old + sign + new!r} is not OLD=NEW")
    return {old: new for old, _, new in pairs}


def _select(files: Sequence[CaseFile], options: Options) -> list[tuple[CaseFile, Case]]:
    cases = [(file, case) for file in files for case in file.cases]
    unknown = sorted(set(options.only) - {case.id for _, case in cases})
    require(not unknown, f"--only: no such case: {', '.join(unknown)}")
    return [
        (file, case)
        for file, case in cases
        if (not options.only or case.id in options.only) and options.basis in (None, case.basis)
    ]


def _write(path: Path | None, text: str) -> None:
    if path is None:
        return
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise FormatError(f"--json {path}: {error}") from None
