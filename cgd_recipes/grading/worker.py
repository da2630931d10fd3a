"""A process that grades what it reads from its standard input, and that ends when a grade takes too long.

    python -m cgd_recipes.grading.worker SECONDS MEGABYTES

Requests and replies are lines of JSON; the first reply, to no request, says why it cannot work, or is empty. The time limit
is the kernel's: a timer whose signal nobody handles ends the process, whatever it is doing and whether or not the process
that asked still lives.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys

from cgd_recipes.grading.gold import Gold, Grade, judged
from cgd_recipes.grading.grader import GRADE
from cgd_recipes.grading.strict import same_answer
from cgd_recipes.grading.symbolic import libraries


def answer(request: str) -> Grade:
    """The grade that a request asks for; for the strict grader the final answer is already found."""
    grader, gold, text = json.loads(request)
    if grader == "strict":
        return judged(text, same_answer(Gold(*gold), text))
    return GRADE[grader](Gold(*gold), text)


def main() -> None:
    """Serve until the input ends."""
    seconds, megabytes = float(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
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
    for request in sys.stdin:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            reply: list[object] = list(answer(request))
        except (MemoryError, RecursionError):
            reply = []
        signal.setitimer(signal.ITIMER_REAL, 0)
        replies.write(json.dumps(reply) + "\n")
        replies.flush()


if __name__ == "__main__":
    main()
