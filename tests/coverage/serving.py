"""`python -m tests.coverage.serving FILE WORD...`: the command line, noting in FILE what is answered, one line of JSON each."""

import os
import sys

import msgspec

from countermand.cli import main
from tests.coverage.recording import Answered, watch


def note_in(path: str) -> None:
    # One write per line straight to the file: several may write at once, and a reader sees whole lines.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def note(answered: Answered) -> None:
        os.write(descriptor, msgspec.json.encode(answered) + b"\n")

    watch(note)


if __name__ == "__main__":
    note_in(sys.argv.pop(1))
    sys.argv[0] = "countermand"
    main()
