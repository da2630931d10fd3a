"""Rows are ordered alike in memory and on disk."""

import random

import pytest

from cgd_recipes.data.shuffle import Shuffle, order_key

ROWS = [(order_key(7, f"r{number}"), number % 3, b"row %d" % number, 0, number) for number in range(500)]
ROWS += [(ROWS[4][0], 9, b"another of this id", 1, 2), ROWS[4]]


def stored(folder, rows, **options):
    shuffle = Shuffle(folder, **options)
    for row in rows:
        if shuffle.may_be_drawn(row[0]):
            shuffle.add(*row)
    found = list(shuffle)
    shuffle.close()
    return found


@pytest.mark.parametrize("room", [0, 1_000, 100_000])
def test_the_order_is_that_of_the_keys_wherever_the_rows_are(tmp_path, room):
    rows = random.Random(3).sample(ROWS, len(ROWS))
    assert stored(tmp_path / "rows", rows, room=room) == sorted(ROWS)


@pytest.mark.parametrize("room", [0, 1_000, 100_000])
def test_the_first_rows_are_among_what_a_limit_leaves(tmp_path, room):
    assert stored(tmp_path / "rows", ROWS, limit=20, room=room)[:20] == sorted(ROWS)[:20]


def test_few_rows_need_no_file(tmp_path):
    stored(tmp_path / "rows", ROWS)
    assert list(tmp_path.iterdir()) == []
    stored(tmp_path / "rows", ROWS, room=1_000)
    assert list(tmp_path.iterdir()) == [tmp_path / "rows"]
