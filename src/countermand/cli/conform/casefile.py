"""A file of conformance cases, read and checked.

Rule 1: a CaseFile that exists is well formed. What is wrong with a file is a FormatError before any request is sent.
Rule 2: everything that depends on the file alone is done here: repeats expanded, worlds merged, bodies encoded.
Rule 3: no vendor is known here. Any word of lower-case letters, digits, `_` and `-` may be one; the server knows.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from countermand.cli.conform.jsonvalues import Json, decode_strictly
from countermand.cli.conform.patterns import Pattern, parse
from countermand.cli.conform.reading import (
    FormatError,
    read_array,
    read_count,
    read_members,
    read_object,
    read_text,
    require,
)

BASES: Final = ("documented", "inferred")
SANDBOX: Final = "sandbox:"

_FILE_MEMBERS: Final = ("vendor", "headers", "world", "cases")
_CASE_MEMBERS: Final = ("id", "title", "basis", "source", "world", "steps", "concurrent", "after")
_REQUEST_MEMBERS: Final = ("method", "path", "headers", "json", "raw")
_OF_BODY: Final = ("json", "json_contains", "keys", "absent")
_CONCURRENT_MEMBERS: Final = ("request", "times", "expect_statuses")

_VENDOR: Final = re.compile(r"[a-z0-9_-]+")
_METHOD: Final = re.compile(r"[A-Z]+")
_PATH: Final = re.compile(r"(?:sandbox:)?/[\x21-\x7e]*")
_HEADER_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
#: What a header can carry: Latin-1 without control characters, the tab excepted.
_HEADER_VALUE: Final = re.compile(r"[\t\x20-\x7e\xa0-\xff]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One call. Of its headers, None takes one of the file's away."""

    method: str
    path: str
    headers: Mapping[str, str | None]
    body: bytes | None

    @property
    def is_for_sandbox(self) -> bool:
        """Such a call goes to the sandbox and not to the vendor's API."""
        return self.path.startswith(SANDBOX)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What must hold for an answer. None stands for: nothing is said about it."""

    statuses: tuple[int, ...] | None
    headers: Mapping[str, Pattern | None]
    body: Pattern | None
    body_is_exact: bool
    keys: Mapping[str, frozenset[str]]
    absent: tuple[str, ...]
    reads_body: bool


@dataclass(frozen=True, slots=True)
class Step:
    """A call and what must hold for its answer."""

    request: Request
    expect: Expectation


@dataclass(frozen=True, slots=True)
class Concurrent:
    """The same call many times at once, and the ways in which the answers may add up."""

    request: Request
    times: int
    alternatives: tuple[Mapping[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case, with the world it starts from."""

    id: str
    title: str
    basis: str
    source: str
    world: Mapping[str, Json]
    steps: tuple[Step, ...]
    concurrent: Concurrent | None
    after: tuple[Step, ...]

    @property
    def needs_sandbox(self) -> bool:
        """It looks into the sandbox or moves its clock, which no vendor's own API can answer."""
        requests = [step.request for step in (*self.steps, *self.after)]
        if self.concurrent:
            requests.append(self.concurrent.request)
        return any(request.is_for_sandbox for request in requests)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """All cases of one file, for one vendor."""

    name: str
    vendor: str
    headers: Mapping[str, str]
    cases: tuple[Case, ...]


def load(path: Path, renames: Mapping[str, str] | None = None) -> CaseFile:
    """Read one file. Names of the cases may be replaced by those of an account at the vendor. Raises FormatError."""
    try:
        document = decode_strictly(path.read_text(encoding="utf-8"))
        return parse_file(_rename(document, renames) if renames else document, str(path))
    except (OSError, ValueError) as error:
        raise FormatError(f"{path}: {error}") from None
    except RecursionError:
        raise FormatError(f"{path}: nested too deeply") from None


def load_all(paths: Iterable[Path], renames: Mapping[str, str] | None = None) -> list[CaseFile]:
    """Read files that are run together, so an id may stand only once in all of them. Raises FormatError."""
    files = [load(path, renames) for path in paths]
    ids = Counter(case.id for file in files for case in file.cases)
    twice = sorted(name for name, times in ids.items() if times > 1)
    require(not twice, f"case files: ids used twice: {', '.join(twice)}")
    return files


def parse_file(document: Json, name: str) -> CaseFile:
    """Parse a whole document. Raises FormatError."""
    members = read_members(document, name, allowed=_FILE_MEMBERS, required=("vendor", "world", "cases"))
    vendor = read_text(members["vendor"], f"{name} vendor")
    require(_VENDOR.fullmatch(vendor), f"{name} vendor: must be lower-case letters, digits, '_' and '-'")
    headers = read_headers(members.get("headers", {}), f"{name} headers")
    kept = {header: value for header, value in headers.items() if value is not None}
    require(kept.keys() == headers.keys(), f"{name} headers: there is nothing to remove yet, so null has no meaning")
    world = read_object(members["world"], f"{name} world")
    expand(world, f"{name} world")
    cases = tuple(_read_case(case, name, file_world=world) for case in read_array(members["cases"], f"{name} cases"))
    return CaseFile(name=name, vendor=vendor, headers=kept, cases=cases)


def _read_case(value: Json, name: str, *, file_world: dict[str, Json]) -> Case:
    label = value.get("id") if isinstance(value, dict) else None
    where = f"{name} {label if isinstance(label, str) else '(a case without an id)'}"
    members = read_members(value, where, allowed=_CASE_MEMBERS, required=("id", "title", "basis", "source"))
    basis = read_text(members["basis"], f"{where} basis")
    require(basis in BASES, f"{where} basis: must be {' or '.join(BASES)}")
    require("steps" in members or "concurrent" in members, f"{where}: has neither steps nor concurrent")
    own_world = read_object(members.get("world", {}), f"{where} world")
    return Case(
        id=read_text(members["id"], f"{where} id"),
        title=read_text(members["title"], f"{where} title"),
        basis=basis,
        source=read_text(members["source"], f"{where} source"),
        world=_merge_worlds(file_world, own_world, where=where),
        steps=_read_steps(members.get("steps", []), f"{where} steps"),
        concurrent=_read_concurrent(members["concurrent"], f"{where} concurrent") if "concurrent" in members else None,
        after=_read_steps(members.get("after", []), f"{where} after"),
    )


def _merge_worlds(file_world: dict[str, Json], own: dict[str, Json], *, where: str) -> dict[str, Json]:
    merged = {name: value for name, value in {**file_world, **own}.items() if name not in own or value is not None}
    return {name: expand(value, f"{where} world.{name}") for name, value in merged.items()}


def _read_steps(value: Json, where: str) -> tuple[Step, ...]:
    return tuple(_read_step(step, f"{where} {number}") for number, step in enumerate(read_array(value, where), 1))


def _read_step(value: Json, where: str) -> Step:
    members = read_members(value, where, allowed=("request", "expect"), required=("request",))
    request = _read_request(members["request"], f"{where} request")
    return Step(request, _read_expectation(members.get("expect", {}), f"{where} expect"))


def _read_request(value: Json, where: str) -> Request:
    members = read_members(value, where, allowed=_REQUEST_MEMBERS, required=("method", "path"))
    method = read_text(members["method"], f"{where} method")
    require(_METHOD.fullmatch(method), f"{where} method: must be upper-case letters")
    path = read_text(members["path"], f"{where} path")
    require(_PATH.fullmatch(path), f"{where} path: must start with / or sandbox:/ and be percent-encoded")
    require("json" not in members or "raw" not in members, f"{where}: json and raw exclude each other")
    headers = read_headers(members.get("headers", {}), f"{where} headers")
    return Request(method=method, path=path, headers=headers, body=_read_body(members, where))


def _read_body(members: dict[str, Json], where: str) -> bytes | None:
    if "raw" in members:
        text = read_text(expand(members["raw"], f"{where} raw"), f"{where} raw")
        try:
            return text.encode()
        except UnicodeEncodeError as error:
            raise FormatError(f"{where} raw: not UTF-8: {error}") from None
    return encode(expand(members["json"], f"{where} json")) if "json" in members else None


def read_headers(value: Json, where: str) -> dict[str, str | None]:
    """Headers to be sent; null removes one. Raises FormatError."""
    headers: dict[str, str | None] = {}
    for name, text in read_object(value, where).items():
        require(_HEADER_NAME.fullmatch(name), f"{where}: {name!r} can't be the name of a header")
        require(name.lower() not in map(str.lower, headers), f"{where}: {name} is there twice")
        headers[name] = None if text is None else read_text(text, f"{where} {name}")
        require(_HEADER_VALUE.fullmatch(headers[name] or ""), f"{where} {name}: has characters a header can't carry")
    return headers


def _read_expectation(value: Json, where: str) -> Expectation:
    members = read_members(value, where, allowed=("status", "headers", *_OF_BODY))
    require(
        "json" not in members or "json_contains" not in members, f"{where}: json and json_contains exclude each other"
    )
    body = next((name for name in ("json", "json_contains") if name in members), None)
    keys = read_object(members.get("keys", {}), f"{where} keys")
    absent = read_array(members.get("absent", []), f"{where} absent")
    return Expectation(
        statuses=_read_statuses(members["status"], f"{where} status") if "status" in members else None,
        headers=_read_expected_headers(members.get("headers", {}), f"{where} headers"),
        body=parse(members[body], f"{where} {body}") if body else None,
        body_is_exact=body == "json",
        keys={path: frozenset(_read_texts(names, f"{where} keys {path!r}")) for path, names in keys.items()},
        absent=tuple(_read_texts(absent, f"{where} absent")),
        reads_body=not members.keys().isdisjoint(_OF_BODY),
    )


def _read_texts(value: Json, where: str) -> list[str]:
    return [read_text(text, where) for text in read_array(value, where)]


def _read_statuses(value: Json, where: str) -> tuple[int, ...]:
    statuses = tuple(read_count(status, where) for status in (value if isinstance(value, list) else [value]))
    require(statuses, f"{where}: names no status")
    return statuses


def _read_expected_headers(value: Json, where: str) -> dict[str, Pattern | None]:
    headers: dict[str, Pattern | None] = {}
    for name, wanted in read_object(value, where).items():
        require(_HEADER_NAME.fullmatch(name), f"{where}: {name!r} can't be the name of a header")
        is_matcher = isinstance(wanted, dict) and any(member.startswith("$") for member in wanted)
        is_possible = wanted is None or isinstance(wanted, str) or is_matcher
        require(is_possible, f"{where} {name}: must be a string, a matcher or null")
        headers[name] = None if wanted is None else parse(wanted, f"{where} {name}")
    return headers


def _read_concurrent(value: Json, where: str) -> Concurrent:
    members = read_members(value, where, allowed=_CONCURRENT_MEMBERS, required=_CONCURRENT_MEMBERS)
    times = read_count(members["times"], f"{where} times")
    require(times, f"{where} times: must be at least 1")
    wanted = members["expect_statuses"]
    options = wanted if isinstance(wanted, list) else [wanted]
    require(options, f"{where} expect_statuses: names no way to add up")
    alternatives = tuple(_read_tally(option, f"{where} expect_statuses", times=times) for option in options)
    return Concurrent(_read_request(members["request"], f"{where} request"), times, alternatives)


def _read_tally(value: Json, where: str, *, times: int) -> dict[str, int]:
    tally = {status: read_count(count, f"{where} {status}") for status, count in read_object(value, where).items()}
    require(sum(tally.values()) == times, f"{where}: must add up to {times}")
    return {status: count for status, count in tally.items() if count}


def expand(value: Json, where: str) -> Json:
    """Replace `{"$repeat": [text, times]}` by the text, at any depth. Raises FormatError for any other `$` member."""
    if isinstance(value, list):
        return [expand(element, f"{where}.{index}") for index, element in enumerate(value)]
    if not isinstance(value, dict):
        return value
    if not any(name.startswith("$") for name in value):
        return {name: expand(member, f"{where}.{name}") for name, member in value.items()}
    require(value.keys() == {"$repeat"}, f"{where}: only $repeat, alone, has a meaning in what is sent")
    match value["$repeat"]:
        case [text, times]:
            return read_text(text, f"{where}.$repeat.0") * read_count(times, f"{where}.$repeat.1")
    raise FormatError(f"{where}.$repeat: must be [text, times]")


def encode(value: Json) -> bytes:
    """Write a value as the JSON that goes over the wire."""
    try:
        return json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        # Half of a surrogate pair is legal in JSON, but only as an escape.
        return json.dumps(value).encode()


def _rename(document: Json, renames: Mapping[str, str]) -> Json:
    longest_first = sorted(renames, key=len, reverse=True)
    words = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])")

    def renamed(value: Json) -> Json:
        if isinstance(value, str):
            return words.sub(lambda found: renames[found[0]], value)
        if isinstance(value, list):
            return [renamed(element) for element in value]
        return {name: renamed(member) for name, member in value.items()} if isinstance(value, dict) else value

    cases = document.get("cases") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(cases, list):
        return document
    calls = ("steps", "concurrent", "after")
    kept = [case for case in cases if isinstance(case, dict)]
    require(len(kept) == len(cases), "cases: must be objects")
    return {**document, "cases": [{k: renamed(v) if k in calls else v for k, v in case.items()} for case in kept]}
