"""datatrove's n-gram decontamination on the questions of benchmarks/curate.py, for comparison.

    python benchmarks/curate.py --rows 20000 --write rows.jsonl
    python benchmarks/curate_datatrove.py rows.jsonl --data DIR      where datatrove[io] and spacy are installed

Both look for eight words in a row of <benchmark>.jsonl in DIR. Printed are seconds of processor time, rows a second, memory.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
from datatrove.data import Document
from datatrove.pipeline.decont.n_grams import NGramsDecontConfig, NGramsDecontFilter, NGramsDecontIndexer


def main() -> None:
    """Index the benchmarks, look the rows up, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    options = parser.parse_args()
    files = sorted(options.data.glob("*.jsonl"))
    held = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    texts = [str(row.get("question") or row["problem"]) for row in held]
    questions = [json.loads(line)["question"] for line in options.rows.read_text(encoding="utf-8").splitlines()]
    config = NGramsDecontConfig(n_grams=8, find_query_ngrams=True)
    NGramsDecontIndexer._requires_dependencies = []  # lighteval, which it would load tasks with
    with tempfile.TemporaryDirectory() as folder:
        indexer = NGramsDecontIndexer(folder, config=config)
        hashes = {key for text in texts for key in indexer.compute_hashes("", text)}
        np.array(list(hashes), dtype=config.hash_config.np_descr).tofile(Path(folder) / "all.index.hashes")
        before = time.process_time()
        step = NGramsDecontFilter(folder, config=config)
        found = sum(step.filter(Document(text=text, id=str(n))) is not True for n, text in enumerate(questions))
        spent = time.process_time() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{len(questions):,} questions against {len(texts):,}: {spent:.1f} s, {len(questions) / spent:,.0f} rows/s, "
        f"{found} matches, {peak:,.0f} MB"
    )


if __name__ == "__main__":
    main()
