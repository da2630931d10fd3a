"""Writes the questions of the laptop study, with answers that a program can check. Needs `pip install reasoning-gym`.

    python examples/laptop/questions.py [--rows 160] [--tests 200] [--warm-up 160]

Sums of three two-digit numbers come from reasoning-gym's `chain_sum`. No sum is in two files:

    warm-up.jsonl       with a worked solution; the student learns the form of an answer from it
    train.jsonl         with a worked solution; the arms of the study are trained on it
    same.jsonl          for the test: the same kind
    quick.jsonl         the first 12 of them
    harder.jsonl        for the test: four terms, which no arm is trained on
    instructions.jsonl  for the test: short instructions that are no sums, which a trained student should not forget
"""

import argparse
import json
import random
from pathlib import Path

from teacher import solve, terms_of

FOLDER = Path(__file__).parent / "questions"
WORDS = (
    "apple", "river", "stone", "cloud", "green", "table", "horse", "music", "paper", "light", "bread", "chair", "ocean",
    "tiger", "lemon", "piano", "grass", "clock", "sugar", "metal",
)  # fmt: skip


def sums(number, terms, seed, taken):
    """So many sums, none of them taken before."""
    import reasoning_gym

    rows, size = [], number
    while len(rows) < number:
        size *= 2
        data = reasoning_gym.create_dataset(
            "chain_sum", size=size, seed=seed, min_terms=terms, max_terms=terms, min_digits=2, max_digits=2
        )
        rows = []
        for item in data:
            expression = item["metadata"]["expression"]
            if expression not in taken and len(rows) < number:
                rows.append({"question": f"What is {expression}?", "answer": item["answer"], "expression": expression})
    taken.update(row["expression"] for row in rows)
    return rows


def with_reference(rows):
    """Rows with a worked solution."""
    return [{**row, "reference": solve(terms_of(row["question"]), row["question"])} for row in rows]


def instructions(number, seed):
    """Instructions whose answer is a word of theirs."""
    chosen, rows = random.Random(seed), []
    places = ("first", "second", "third", "last")
    for index in range(number):
        words, place = chosen.sample(WORDS, 4), index % 4
        listed = ", ".join(words)
        rows.append(
            {
                "question": f"Here are four words: {listed}. Which word is the {places[place]} one?",
                "answer": f"\\text{{{words[place]}}}",
            }
        )
    return rows


def main():
    """Write the files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=160, help="rows of train.jsonl")
    parser.add_argument(
        "--tests",
        type=int,
        default=200,
        help="questions of same.jsonl; harder has half as many, instructions a quarter",
    )
    parser.add_argument("--warm-up", type=int, default=160, help="rows of warm-up.jsonl")
    options = parser.parse_args()
    taken = set()
    files = {
        "warm-up": with_reference(sums(options.warm_up, 3, 1, taken)),
        "train": with_reference(sums(options.rows, 3, 2, taken)),
        "same": sums(options.tests, 3, 3, taken),
        "harder": sums(options.tests // 2, 4, 4, taken),
        "instructions": instructions(options.tests // 4, 5),
    }
    files["quick"] = files["same"][:12]
    FOLDER.mkdir(exist_ok=True)
    for name, rows in files.items():
        text = "".join(json.dumps({"id": f"{name}-{number}", **row}) + "\n" for number, row in enumerate(rows, 1))
        (FOLDER / f"{name}.jsonl").write_text(text, encoding="utf-8")
        print(f"{FOLDER / name}.jsonl: {len(rows)} rows")


if __name__ == "__main__":
    main()
