"""P8: a sixth vendor is one new folder and no other change. Proven by copying each vendor's folder under another name."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from countermand.dialects import catalog
from tests.process import Client, Process, sqlite

SRC = Path(catalog.__file__).parents[2]
CASES = Path(__file__).parents[1] / "conformance" / "cases"
VENDORS = sorted(name for name in catalog.load() if name != "native")


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_copied_folder_is_a_vendor_of_its_own(vendor: str, tmp_path: Path) -> None:
    tree = tmp_path / "src"
    shutil.copytree(SRC, tree, ignore=shutil.ignore_patterns("__pycache__"))
    dialects = tree / "countermand" / "dialects"
    shutil.copytree(dialects / vendor, dialects / "sixthvendor")
    suite = json.loads((CASES / f"{vendor}.json").read_text().replace(f"sandbox:/{vendor}/", "sandbox:/sixthvendor/"))
    suite["vendor"] = "sixthvendor"
    case_file = tmp_path / "sixth.json"
    case_file.write_text(json.dumps(suite))
    with (
        Process(sqlite(tmp_path), "--sandbox", environ={"PYTHONPATH": str(tree)}) as server,
        Client(server.url) as client,
    ):
        assert client.call("PUT", "/sandbox/sixthvendor/world", {}).status == 204
        words = [sys.executable, "-m", "countermand", "conform", str(case_file), "--base-url", server.url]
        done = subprocess.run(
            words, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(tree)}
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert client.call("GET", "/sixthvendor/openapi.json").status == 200
