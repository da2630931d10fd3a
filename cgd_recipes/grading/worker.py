"""A process that grades what it reads from its standard input, and that ends when a grade takes too long.

    python -m cgd_recipes.grading.worker SECONDS MEGABYTES

Requests and replies are lines of JSON; the first reply, to no request, says why it cannot work, or is empty. The limits
are the kernel's: timers whose signals nobody handles end the process, whatever it is doing and whether or not the process that
asked still lives. One counts processor time, so that a grade does not depend on how busy the machine is.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import traceback
from collections.abc import Iterable
from typing import TextIO

from cgd_recipes.grading.gold import Gold, Grade, judged
from cgd_recipes.grading.grader import GRADE
from cgd_recipes.grading.strict import same_answer
from cgd_recipes.grading.values.symbolic import libraries

# Seconds on the clock for each of processor time: with more other processes than that, the machine is not fit for use.
CLOCK = 6


def answer(request: str) -> Grade:
    """The grade that a request asks for; for the strict grader the final answer is already found."""
    grader, gold, text = json.loads(request)
    if grader == "strict":
        return judged(text, same_answer(Gold(*gold), text))
    return GRADE[grader](Gold(*gold), text)


def set_timers(seconds: float) -> None:
    """End this process after so many seconds of processor time, or CLOCK times as many on the clock; 0 for never."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, CLOCK * seconds)


def main() -> None:
    """Serve until the input ends."""
    seconds, megabytes = float(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for end in (signal.SIGALRM, signal.SIGPROF):
        signal.signal(end, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that asked
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # nothing that a library prints is a reply
    try:
        libraries()  # which takes a second that is no part of any grade
        fault = ""
    except ModuleNotFoundError as error:
        fault = str(error)
    replies.write(json.dumps(fault) + "\n")
    replies.flush()
    if fault:
        return
    serve(sys.stdin, replies, seconds)


def serve(requests: Iterable[str], replies: TextIO, seconds: float) -> None:
    """Answer every request with a line, in no more than so many seconds of processor time each; 0 for no limit."""
    for request in requests:
        set_timers(seconds)
        try:
            reply: list[object] = list(answer(request))
        except MemoryError:
            reply = []
        except Exception:  # a bug here must not end an evaluation of hours
            traceback.print_exc()
            reply = list(judged(json.loads(request)[2], None))
        set_timers(0)
        replies.write(json.dumps(reply) + "\n")
        replies.flush()


if __name__ == "__main__":
    main()
