"""`kill -9` and start again, against the emulator of the benchmarks; `benchmarks/kills.py` is the long form."""

import subprocess
import sys

from helpers.shipped import ROOT


def test_no_row_is_lost_or_twice_and_nothing_sent_again_but_what_was_in_flight():
    command = [sys.executable, "benchmarks/kills.py", "--kills", "4", "--rows", "300", "--slots", "32", "--mean", "0.1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing lost, nothing twice" in done.stdout
