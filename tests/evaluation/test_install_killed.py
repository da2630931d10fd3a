"""`tasks install` and `uninstall`, killed at any step: tasks are there whole or not at all, and the next one leaves nothing behind."""

import subprocess
import sys

import pytest

# Installs version 1, then version 2 in a child that ends at its n-th change of the file system; for every n.
SCRIPT = """
import os, sys
from pathlib import Path
from cgd_recipes.evaluation import install as installing

root, NAMES = Path(sys.argv[1]), ("_cgd_base", "cgd_a.yaml", "cgd_b.yaml")
for version in "12":
    (root / version).mkdir()
    for name in NAMES:
        (root / version / name).write_text(version)

def put(tasks, version):
    installing.our_files = lambda: {name: root / version / name for name in NAMES}
    installing.install(tasks)

def end_at(wanted):
    taken = 0
    def hook(event, arguments):
        nonlocal taken
        changes = event in ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.rmtree", "shutil.copyfile")
        if changes or (event == "open" and isinstance(arguments[2], int) and arguments[2] & os.O_CREAT):
            taken += 1
            if taken == wanted:
                os._exit(9)
    sys.addaudithook(hook)

step, status = 0, 9
while status == 9:
    step += 1
    tasks = root / f"step{step}" / "tasks"
    tasks.mkdir(parents=True)
    (tasks / "gsm8k.yaml").write_text("theirs")
    put(tasks, "1")
    child = os.fork()
    if not child:
        end_at(step)
        put(tasks, "2")
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    found = [(tasks / "cgd_recipes" / name).read_text() for name in NAMES]  # none is ever missing
    assert set(found) <= {"1", "2"}, (step, found)
    put(tasks, "2")
    assert installing.state(tasks).faults == [], step
    assert [(tasks / "cgd_recipes" / name).read_text() for name in NAMES] == ["2"] * 3
    assert sorted(path.name for path in tasks.iterdir()) == ["cgd_recipes", "gsm8k.yaml"], step
    assert sorted(path.name for path in (tasks / "cgd_recipes").iterdir()) == sorted([*NAMES, "manifest.json"]), step
print(step)

step, status = 0, 9
while status == 9:
    step += 1
    tasks = root / f"gone{step}" / "tasks"
    tasks.mkdir(parents=True)
    put(tasks, "1")
    child = os.fork()
    if not child:
        end_at(step)
        installing.uninstall(tasks)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    found = {path.name for path in tasks.glob("cgd_recipes/*")}
    assert found in (set(), {*NAMES, "manifest.json"}), (step, found)
    installing.uninstall(tasks)
    assert list(tasks.iterdir()) == [], step
print(step)
"""


@pytest.mark.processes
def test_the_tasks_are_never_gone(tmp_path):
    done = subprocess.run([sys.executable, "-c", SCRIPT, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    steps_of_install, steps_of_uninstall = map(int, done.stdout.split())
    assert steps_of_install > 10
    assert steps_of_uninstall > 5
