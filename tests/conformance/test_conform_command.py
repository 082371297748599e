"""The command: its exit status, its lines, its report."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from countermand.cli.conform.command import conform
from tests.conformance.stub import Reply, reply

NO_COLOUR = {"TERM": "dumb", "NO_COLOR": "1"}


def case(name, status=200, basis="documented", path="/x"):
    step = {"request": {"method": "GET", "path": path}, "expect": {"status": status}}
    return {"id": name, "title": f"title of {name}", "basis": basis, "source": "a page", "steps": [step]}


@pytest.fixture
def write(tmp_path):
    def write(*cases, vendor="acme", name="cases.json"):
        document = {"vendor": vendor, "headers": {"Authorization": "Bearer x"}, "world": {}, "cases": list(cases)}
        (tmp_path / name).write_text(json.dumps(document), encoding="utf-8")
        return str(tmp_path / name)

    return write


def run(*words):
    result = CliRunner(env=NO_COLOUR).invoke(conform, [str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout.splitlines(), result.stderr


def test_all_passed_is_status_0(stub, write):
    assert run(write(case("a"), case("b")), "--base-url", stub.url) == (0, ["2 passed, 0 failed"], "")


def test_some_failed_is_status_1_with_a_line_for_each(stub, write):
    status, lines, _ = run(write(case("a"), case("b", 404)), "--base-url", stub.url, "-v")
    assert status == 1
    assert lines == [
        "ok   a (title of a)",
        "FAIL b (title of b): step 1 GET /x: status: expected 404, got 200 {}",
        "1 passed, 1 failed",
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Give one of --base-url, --vendor-url and --check."),
        (("--base-url", "http://h", "--vendor-url", "http://h"), "Give one of"),
        (("--base-url", "h"), "error: 'h': must be a URL"),
        (("--base-url", "http://h", "--only", "zz"), "error: --only: no such case: zz"),
        (("--check", "--only", "zz"), "error: --only: no such case: zz"),
        (("--base-url", "http://h", "--basis", "guessed"), "--basis"),
        (("--base-url", "http://h", "--timeout-s", "0"), "--timeout-s"),
        (("--base-url", "http://h", "--rename", "a=b"), "--rename goes with --vendor-url"),
        (("--vendor-url", "http://h", "--rename", "a"), "error: --rename: 'a' is not OLD=NEW"),
        (("--vendor-url", "http://h", "--header", "a"), "error: --header: 'a' is not 'NAME: VALUE'"),
        (("--vendor-url", "http://h", "--header", "a b: c"), "can't be the name of a header"),
        (("--base-url", "http://h", "--json", "/nowhere/at/all.json"), "error: --json /nowhere/at/all.json"),
        (("--base-url", "http://h", "/nowhere/at/all.json"), "error: /nowhere/at/all.json"),
    ],
)
def test_a_wrong_command_line_is_status_2(write, words, said):
    status, lines, complaint = run(write(case("a")), *words)
    assert (status, lines) == (2, [])
    assert said in complaint


def test_a_wrong_file_is_status_2_and_nothing_is_sent(stub, write):
    good, bad = write(case("a"), name="good.json"), write({"id": "b"}, name="bad.json")
    status, lines, complaint = run(good, bad, "--base-url", stub.url)
    assert (status, lines, stub.seen) == (2, [], [])
    assert complaint == f"error: {bad} b: missing member: basis, source, title\n"


def test_check_only_reads(write):
    files = write(case("a"), case("b"), name="a.json"), write(case("c"), name="b.json")
    assert run(*files, "--check") == (0, ["3 cases in 2 files are well formed"], "")


def test_cases_are_chosen_by_id_and_by_basis(stub, write):
    file = write(case("a"), case("b", basis="inferred"), case("c", basis="inferred"))
    assert run(file, "--base-url", stub.url, "--basis", "inferred")[1] == ["2 passed, 0 failed"]
    assert run(file, "--base-url", stub.url, "--only", "c", "--only", "a")[1] == ["2 passed, 0 failed"]
    assert run(file, "--base-url", stub.url, "--only", "a", "--basis", "inferred")[1] == ["0 passed, 0 failed"]


def test_a_vendors_own_api_gets_only_the_cases_that_need_no_sandbox(stub, write):
    file = write(case("a", path="/orders/ord_1"), case("b", path="sandbox:/acme/effects"))
    words = ("--vendor-url", stub.url, "--header", "Authorization: Bearer mine", "--rename", "ord_1=77")
    assert run(file, *words) == (0, ["1 case needs a sandbox and did not run", "1 passed, 0 failed"], "")
    assert [(seen.path, seen.header("Authorization")) for seen in stub.seen] == [("/orders/77", "Bearer mine")]


def test_one_vendor_url_is_for_one_vendor(write):
    files = write(case("a")), write(case("b"), vendor="umbrella", name="b.json")
    assert "--vendor-url: is for one vendor, not for acme, umbrella" in run(*files, "--vendor-url", "http://h")[2]


def test_a_failing_case_stays_one_line_whatever_the_server_says(stub, write):
    stub.answer = lambda _: Reply(500, "a\r\nb\x1b[31m\u2028\udcff".encode("utf-8", "surrogatepass"))
    _, lines, _ = run(write(case("a")), "--base-url", stub.url)
    assert len(lines) == 2
    assert lines[0].startswith("FAIL a (title of a): step 1 GET /x: status: expected 200, got 500 a\\r\\nb\\x1b[31m")
    stub.answer = lambda _: reply("\ud800" + "x" * 500)
    step = {"request": {"method": "GET", "path": "/x"}, "expect": {"json": "[bold]y[/]"}}
    _, lines, _ = run(write({**case("a"), "steps": [step]}), "--base-url", stub.url)
    assert len(lines) == 2
    assert 'expected "[bold]y[/]", got "\\ud800xxx' in lines[0]


def test_the_report_for_machines_says_it_all(stub, write, tmp_path):
    file = write(case("a"), case("b", 404))
    status, _, _ = run(file, "--base-url", stub.url, "--json", tmp_path / "report.json")
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    took = [entry.pop("took_s") for entry in report["cases"]]
    assert status == 1
    assert all(0 <= seconds < 5 for seconds in took)
    shared = {"vendor": "acme", "file": file, "basis": "documented", "source": "a page"}
    assert report == {
        "url": stub.url,
        "passed": 1,
        "failed": 1,
        "left_out": [],
        "cases": [
            {"id": "a", "title": "title of a", **shared, "outcome": "passed"},
            {
                "id": "b",
                "title": "title of b",
                **shared,
                "outcome": "failed",
                "failure": {"step": "step 1 GET /x", "path": "status", "expected": "404", "got": "200 {}", "more": 0},
            },
        ],
    }


def test_a_terminal_gets_colour_and_a_stream_does_not(stub, write, monkeypatch):
    file = write(case("a", 404))
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    plain = CliRunner().invoke(conform, [file, "--base-url", stub.url]).stdout
    assert "\x1b" not in plain
    coloured = (
        CliRunner(env={"FORCE_COLOR": "1", "TERM": "xterm"}).invoke(conform, [file, "--base-url", stub.url]).stdout
    )
    assert "\x1b[1;31mFAIL" in coloured
    assert coloured.count("\n") >= 2


def test_importing_the_command_imports_neither_sockets_nor_colour():
    code = "import sys, countermand.cli.conform.command; print(*{'rich', 'http.client', 'ssl'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"
