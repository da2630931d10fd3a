"""Which files of a folder are rows to train on, and which are not."""

import json
import os
import subprocess

import datasets
import pytest
from helpers.rows import make_row

from cgd_recipes.data.source import absent_data, file_hashes, open_source
from cgd_recipes.data.splits import split_of
from cgd_recipes.errors import RecipeError
from cgd_recipes.recipe.resolve import load_recipe
from cgd_recipes.rendering.render import render

datasets.disable_progress_bars()
POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"


def rows(*numbers):
    return "".join(json.dumps(make_row(number)) + "\n" for number in numbers)


@pytest.fixture
def make(tmp_path):
    """Write files below a folder and return it."""

    def run(**files):
        for name, text in files.items():
            path = tmp_path / "in" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path / "in"

    return lambda files: run(**files)


def opened(source, *settings):
    return open_source(load_recipe("llama-cgd", [f"data.source={source}", *settings]))


def ids(source, *settings):
    return [record.values["id"] for record in opened(source, *settings).records()]


def message(source, *settings):
    with pytest.raises(RecipeError) as caught:
        opened(source, *settings)
    return "\n".join(map(str, caught.value.problems))


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("train.jsonl", "train"),
        ("gsm8k_test.jsonl", "test"),
        ("data/train-00000-of-00001.parquet", "train"),
        ("data/train_sft-00000-of-00003.parquet", "train_sft"),
        ("validation/part-1.jsonl", "validation"),
        ("val.json", "validation"),
        ("dev-1.jsonl.gz", "validation"),
        ("Training.Set.jsonl", "train"),
        ("eval/rows.jsonl", "test"),
        ("train/test.jsonl", "test"),
        ("train_test.jsonl", "train and test"),
        ("testset.jsonl", "test"),
        ("gsm8kTest.jsonl", "test"),
        ("tests/a.jsonl", "test"),
        ("held-out.jsonl", "test"),
        ("rows_holdout.jsonl", "test"),
        ("DevSet.jsonl", "validation"),
        ("trainset.jsonl", "train"),
        ("contest.jsonl", ""),
        ("holding_outlet.jsonl", ""),
        ("trainer.jsonl", ""),
        ("latest.jsonl", ""),
        ("part-00000-of-00003.jsonl", ""),
    ],
)
def test_the_split_that_a_name_says(name, split, tmp_path):
    assert split_of((tmp_path / name).relative_to(tmp_path)) == split


FILES = {"train.jsonl": rows(1, 2), "test.jsonl": rows(3), "validation.jsonl": rows(4)}


def test_a_folder_with_splits_trains_on_train_alone(make):
    folder = make(FILES)
    assert ids(folder) == ["r1", "r2"]
    assert ids(folder, "data.split=test") == ["r3"]
    assert ids(folder, "data.split=train+validation") == ["r1", "r2", "r4"]
    assert sorted(ids(folder, "data.split=all")) == ["r1", "r2", "r3", "r4"]


@pytest.mark.parametrize("split", ["no_such_split", "tset", "train[:10%]", "train+no"])
def test_an_unknown_split_lists_those_there_are(split, make):
    found = message(make(FILES), f"data.split={split}")
    assert "-s data.split: " in found
    assert "there are: test, train, validation" in found


def test_a_folder_without_a_train_split_asks(make):
    found = message(make({"test.jsonl": rows(1), "dev/a.jsonl": rows(2)}))
    assert "no split 'train' in the folder; there are: test, validation; choose one with data.split" in found


def test_files_that_say_no_split_beside_others_are_named_and_not_read(make):
    folder = make({**FILES, "results.jsonl": rows(8), "more.jsonl": rows(9)})
    source = opened(folder)
    assert ids(folder) == ["r1", "r2"]
    (warning,) = source.warnings()
    assert warning == "not read, because their names say no split, and those of others do: more.jsonl, results.jsonl"


def test_what_is_held_out_is_not_trained_with_files_that_say_no_split(make):
    found = message(make({"rows.jsonl": rows(1), "heldout.jsonl": rows(2)}))
    assert "no split 'train' in the folder; there are: test; choose one with data.split" in found


def test_files_of_no_split_are_all_trained_on(make):
    assert ids(make({"b.jsonl": rows(2), "a/c.jsonl": rows(1)})) == ["r1", "r2"]
    assert "there are: train" in message(make({}), "data.split=test")


def test_rows_that_say_another_split_are_told_of(render_recipe, write_rows):
    def told(*settings):
        source = f"data.source={write_rows([make_row(n, split=split) for n, split in enumerate(splits)])}"
        return [line for line in render_recipe("llama-cgd", source, *settings).warnings if "split" in line]

    splits = ["train", "Test", "dev", "test", "", 3, None, "the bill", "training"]
    end = "and they are read all the same, because data.split chooses files"
    said = [f"the column 'split' of {rows}, {end}" for rows in ("2 rows says test", "1 row says validation")]
    assert sorted(told()) == sorted(said)
    assert told("data.split=all") == []


def test_side_files_and_copies_are_no_rows(make):
    side = json.dumps({"default": {"splits": {}}}, indent=1)
    folder = make(
        {
            "rows.jsonl": rows(1),
            "dataset_infos.json": side,
            "results.json": json.dumps({"accuracy": 1}),
            "state.json": "{}",
            "rows_backup.jsonl": rows(2),
            "rows.old.jsonl": rows(3),
            "rows.jsonl.bak": rows(4),
            "Copy of rows (2).jsonl": rows(5),
            "backup/rows.jsonl": rows(6),
            "backup.jsonl": rows(7),
            "rejected.jsonl": '{"id":"r9","reason":"no critique"}',
            "out.rejected.jsonl": '{"id":"r9","reason":"no critique"}',
        }
    )
    assert ids(folder) == ["r1"]
    warnings = " ".join(opened(folder).warnings())
    assert "dataset_infos.json, out.rejected.jsonl, rejected.jsonl, results.json, state.json" in warnings
    assert (
        "copies: Copy of rows (2).jsonl, backup/rows.jsonl, backup.jsonl, rows.old.jsonl, rows_backup.jsonl" in warnings
    )


def test_a_word_for_a_copy_alone_makes_none(make):
    assert ids(make({"old_exams.jsonl": rows(1), "temp.of.water.jsonl": rows(2), "rows.jsonl": rows(3)})) == [
        "r1", "r3", "r2"
    ]  # fmt: skip


def test_single_objects_are_rows_where_there_is_nothing_else(make):
    assert ids(make({"a.json": json.dumps(make_row(1)), "b.json": json.dumps(make_row(2))})) == ["r1", "r2"]


CARD = """---
configs:
- config_name: main
  data_files:
  - split: train
    path: [main/part-*.jsonl, more/x.jsonl]
  - {split: held, path: main/h.jsonl}
- config_name: socratic
  data_files: socratic/*.jsonl
---
# About
"""


def test_the_dataset_card_says_which_files_are_which(make):
    files = {
        "main/part-1.jsonl": rows(1),
        "main/h.jsonl": rows(2),
        "more/x.jsonl": rows(3),
        "socratic/test.jsonl": rows(4),
    }
    folder = make({"README.md": CARD, **files})
    assert ids(folder, "data.config=main") == ["r1", "r3"]
    assert ids(folder, "data.config=main", "data.split=held") == ["r2"]
    assert ids(folder, "data.config=socratic") == ["r4"]
    assert "has several configurations: main, socratic; set data.config" in message(folder)
    assert "no configuration 'mian' in the dataset card; did you mean 'main'?" in message(folder, "data.config=mian")
    assert "there are: held, train" in message(folder, "data.config=main", "data.split=test")
    make({"README.md": CARD.replace("config_name: main\n", "config_name: main\n  default: true\n")})
    assert ids(folder) == ["r1", "r3"]


def test_a_card_reaches_no_file_outside_its_folder(make, tmp_path):
    (tmp_path / "secret.jsonl").write_text(rows(9))
    outside = (
        "data_files: ../secret.jsonl",
        f"data_files: {tmp_path}/secret.jsonl",
        "data_dir: ..\n  data_files: '*.jsonl'",
    )
    for files in outside:
        folder = make({"README.md": f"---\nconfigs:\n- config_name: x\n  {files}\n---\n"})
        assert "no data file in folder" in message(folder)


@pytest.mark.parametrize(
    "card", ["---\nconfigs: 7\n---\n", "---\nconfigs: [\n---\n", "no front matter", "---\n- a\n---\n"]
)
def test_a_card_that_says_nothing_of_files_is_passed_over(card, make):
    folder = make({"README.md": card, **FILES})
    assert ids(folder) == ["r1", "r2"]
    assert "no README.md with configurations in the folder" in message(folder, "data.config=x")


def test_folders_of_save_to_disk_are_read(tmp_path):
    train, test = (datasets.Dataset.from_list([make_row(number)]) for number in (1, 2))
    train.save_to_disk(tmp_path / "one")
    datasets.DatasetDict({"train": train, "test": test}).save_to_disk(tmp_path / "dict")
    assert ids(tmp_path / "one") == ids(tmp_path / "dict") == ["r1"]
    assert ids(tmp_path / "dict", "data.split=test") == ["r2"]
    assert "there are: test, train" in message(tmp_path / "dict", "data.split=dev")
    (tmp_path / "dict" / "test" / "state.json").write_text("[]")
    assert "cannot be read as save_to_disk writes it" in message(tmp_path / "dict")
    (tmp_path / "one" / "data-00000-of-00001.arrow").unlink()
    assert "data-00000-of-00001.arrow: is not there" in message(tmp_path / "one")


def test_an_arrow_file_with_an_index_is_read(tmp_path):
    import pyarrow

    table = pyarrow.Table.from_pylist([make_row(1), make_row(2)])
    with pyarrow.ipc.new_file(tmp_path / "a.arrow", table.schema) as writer:
        writer.write_table(table)
    assert ids(tmp_path / "a.arrow") == ["r1", "r2"]


def test_what_stands_in_place_of_data_is_named(make):
    folder = make(
        {"a.jsonl": rows(1), "b.jsonl": POINTER, "d.parquet": POINTER, "e.jsonl": "/annex/objects/SHA256E-s1\n"}
    )
    (folder / "c.jsonl").symlink_to("gone.jsonl")
    found = message(folder)
    assert "b.jsonl: is a git-lfs pointer and not the data; run `git lfs pull`" in found
    assert "d.parquet: is a git-lfs pointer" in found
    assert "e.jsonl: is a git-annex pointer" in found
    assert "c.jsonl: is a link to a file that is not there: gone.jsonl" in found
    assert "git-lfs pointer" in message(folder / "b.jsonl")
    assert "link to a file that is not there" in message(folder / "c.jsonl")


@pytest.mark.parametrize(
    "text",
    ["# xet version 0\nfilesize = 4\n", "outs:\n- md5: a304afb9\n  path: x\n", "oid:1 size:2", "\ufeffversion 1\n"],
)
def test_a_pointer_of_an_unheard_tool_is_named(text, make):
    folder = make({"a.jsonl": rows(1), "b.jsonl": text, "c.parquet": text})
    begin = text.strip("\ufeff").split("\n")[0]
    for name in ("b.jsonl", "c.parquet"):
        assert f"{name}: holds no rows and looks like a pointer to data ('{begin}'); fetch the file" in message(folder)


@pytest.mark.parametrize("text", ["not JSON at all\n", rows(2) + "version 1\n", '[{"question": "version?"}]', ""])
def test_other_short_files_are_no_pointers(text, make):
    assert ids(make({"a.jsonl": rows(1)}) / "a.jsonl") == ["r1"]
    assert len(opened(make({"a.jsonl": rows(1), "b.jsonl": text})).files) == 2


def test_rows_of_a_type_that_is_not_read_are_told_of(make):
    names = ["train2.csv", "x/more.tsv.gz", "train.parquet.gz", "b.jsonlines", "b.pkl", "old.jsonl.bz2"]
    quiet = [".hidden.csv", "README.md", "notes.txt", "LICENSE", "plot.png"]
    source = opened(make({"train.jsonl": rows(1), **dict.fromkeys([*names, *quiet], "x")}))
    (warning,) = source.warnings()
    assert warning.startswith("not read, because rows are read from .jsonl, .ndjson, .json, .parquet, .arrow")
    assert warning.endswith(": b.jsonlines, b.pkl, old.jsonl.bz2, train.parquet.gz, train2.csv and 1 more")
    assert len(source.files) == 1


def test_files_of_a_card_that_are_not_read_are_told_of(make):
    card = "---\nconfigs:\n- config_name: default\n  data_files: [a.jsonl, b.csv, c.txt]\n---\n"
    source = opened(make({"README.md": card, "a.jsonl": rows(1), "b.csv": "x", "c.txt": "x"}))
    assert source.warnings()[0].endswith(" alone: b.csv, c.txt")


def test_pointers_of_splits_that_are_not_read_do_no_harm(make):
    assert ids(make({**FILES, "test.jsonl": POINTER})) == ["r1", "r2"]


def test_folders_that_link_to_themselves_are_read_once(make):
    folder = make({"a/rows.jsonl": rows(1)})
    (folder / "a" / "loop").symlink_to(folder)
    (folder / "again").symlink_to(folder / "a")
    (folder / "twin.jsonl").symlink_to(folder / "a" / "rows.jsonl")
    assert ids(folder) == ["r1"]


@pytest.mark.parametrize("name", ["ROWS.JSONL", "rows.Json", "rows.JSONL.GZ", "rows.Parquet"])
def test_suffixes_in_capitals_are_known(name, tmp_path):
    import gzip

    import pyarrow.parquet

    path = tmp_path / name
    if name.endswith("GZ"):
        path.write_bytes(gzip.compress(rows(1).encode()))
    elif name.endswith("Parquet"):
        pyarrow.parquet.write_table(pyarrow.Table.from_pylist([make_row(1)]), path)
    else:
        path.write_text(rows(1))
    assert ids(path) == ids(tmp_path) == ["r1"]


def test_what_is_no_file_is_not_looked_for_at_the_hub(tmp_path):
    os.mkfifo(tmp_path / "rows.jsonl")
    assert "neither a file nor a folder" in message(tmp_path / "rows.jsonl")
    assert "rows.jsonl: is no regular file" in message(tmp_path)
    assert "neither a file nor a folder" in message("/dev/null")


@pytest.mark.parametrize(
    ("name", "fault"),
    [("~nosuchuser/rows.jsonl", "is no path"), ('"a\\0b.jsonl"', "NUL"), ("~nosuchuser", "is no path")],
)
def test_a_path_that_cannot_be_is_an_error(name, fault):
    assert fault in message(name)


def test_names_that_are_not_utf8(tmp_path):
    (tmp_path / os.fsdecode(b"r\xe9.jsonl")).write_text(rows(1))
    source = opened(tmp_path)
    assert source.describe_file(0) == "r\ufffd.jsonl"
    assert file_hashes(source)[0]["file"] == "r\ufffd.jsonl"


def test_keys_for_the_hub_mean_nothing_for_files(make):
    folder = make({"rows.jsonl": rows(1), "test/a.jsonl": rows(2)})
    assert "data.revision is for datasets of the hub" in message(folder, "data.revision=main")
    found = message(folder / "rows.jsonl", "data.revision=main", "data.config=x", "data.split=test")
    assert found.count("for datasets of the hub") == 2
    assert "no split 'test' in a single file; there are: train" in found
    assert ids(folder / "rows.jsonl", "data.split=train") == ["r1"]
    assert ids("sample", "data.split=train")
    assert "there are: train" in message("sample", "data.split=test")


@pytest.mark.parametrize("change", ["append", "replace", "remove", "set back"])
def test_a_source_that_changes_while_it_is_read_stops_the_render(change, tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text(rows(*range(20)))

    def meddle(stage, count):
        if stage == "writing":
            if change == "append":
                path.write_text(rows(*range(21)))
            elif change == "remove":
                path.unlink(missing_ok=True)
            elif change == "set back":
                before = path.stat()
                path.write_text(rows(*range(20)).replace("one", "two"))
                os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
            else:
                (tmp_path / "new").write_text(rows(*range(20)).replace("one", "two"))
                os.replace(tmp_path / "new", path)

    with pytest.raises(RecipeError, match="changed while it was read"):
        render(load_recipe("llama-cgd", [f"data.source={path}"]), tmp_path / "out", progress=meddle)
    assert not (tmp_path / "out").exists()


def test_absent_data_is_told_and_no_error():
    assert absent_data(load_recipe("llama-cgd")) == ""
    assert "no such file or folder: ./gone.jsonl" in absent_data(load_recipe("llama-cgd", ["data.source=./gone.jsonl"]))
    assert "read from the hub" in absent_data(load_recipe("llama-cgd", ["data.source=nobody/rows"]))


def test_data_that_is_here_and_cannot_be_used_is_not_called_absent(make):
    folder = make({"train.jsonl": rows(1)})
    told = absent_data(load_recipe("llama-cgd", [f"data.source={folder}", "data.split=nosuch"]))
    assert told.startswith("the data cannot be used as it is: ") and "no split 'nosuch'" in told


def test_a_cloned_repository_of_the_hub(tmp_path):
    folder = tmp_path / "clone"
    (folder / "data").mkdir(parents=True)
    for split, number in (("train", 1), ("test", 2)):
        (folder / "data" / f"{split}-00000-of-00001.jsonl").write_text(rows(number))
    (folder / "dataset_infos.json").write_text("{}")
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    assert ids(folder) == ["r1"]
    assert ids(folder, "data.split=test") == ["r2"]


TWO = {"a/x.jsonl": rows(1), "b/y.jsonl": rows(2)}


def card(*lines):
    return "\n".join(["---", "configs:", *lines, "---", "# About", ""])


@pytest.mark.parametrize(
    "files",
    ["data_dir: a", "data_files: a/**", "data_files: {train: a/x.jsonl, test: b/y.jsonl}", "data_files: './a/*.jsonl'"],
)
def test_ways_in_which_a_card_names_files(files, make):
    folder = make({"README.md": card("- config_name: default", f"  {files}"), "a/.x.jsonl": rows(7), **TWO})
    assert ids(folder) == ["r1"]


def test_configurations_of_a_folder_each_are_not_mixed(make):
    folder = make(
        {"README.md": card("- config_name: one", "  data_dir: a", "- config_name: two", "  data_dir: b"), **TWO}
    )
    assert "has several configurations: one, two; set data.config" in message(folder)
    assert ids(folder, "data.config=two") == ["r2"]
    make({"README.md": card("- config_name: one", "  data_dir: ../in/a")})
    assert "names a folder that is not in it: ../in/a" in message(folder)


def test_a_card_without_names_of_configurations_or_with_a_mark_is_read(make):
    assert ids(make({"README.md": "\ufeff" + card("- data_files: a/x.jsonl"), **TWO})) == ["r1"]


def test_a_card_that_cannot_be_read_is_told_of(make):
    folder = make({"README.md": "---\nconfigs: [\n---\n", **TWO})
    assert "not read, because its front matter is not valid YAML: README.md" in opened(folder).warnings()


def test_a_file_that_a_card_names_and_that_is_not_there_is_an_error(make):
    lines = (
        "- config_name: x",
        "  data_files:",
        "  - {split: train, path: [a/x.jsonl, c/z.jsonl]}",
        "  - {split: test, path: gone.jsonl}",
    )
    folder = make({"README.md": card(*lines), **TWO})
    assert "c/z.jsonl: is not there" in message(folder)
    make({"c/z.jsonl": rows(3)})
    assert ids(folder) == ["r1", "r3"]  # the test split is not wanted


def test_a_card_of_hostile_patterns_costs_nothing(make):
    bomb = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    text = "\n".join(
        [
            "---",
            "a0: &a0 [x]",
            *bomb,
            "configs:",
            "- config_name: x",
            "  data_files: [a**b/*.jsonl, *a11, 7]",
            "---\n",
        ]
    )
    folder = make({"README.md": text, **TWO})
    assert "names a**b/*.jsonl" in message(folder)


def test_what_is_missing_of_a_set_of_files_is_told(make):
    folder = make({"train-00000-of-00003.jsonl": rows(1), "train-00002-of-00003.jsonl": "", "x.jsonl.incomplete": "?"})
    (folder / "shards").symlink_to("gone")
    told = "\n".join(opened(folder, "data.split=train").warnings())
    assert "not there, though the names of others count them: train-00001-of-00003.jsonl" in told
    assert "because they are empty: train-00002-of-00003.jsonl" in told
    assert "because they are links to what is not there: shards" in told
    assert "alone: x.jsonl.incomplete" in told


def test_a_set_of_files_may_be_counted_from_one(make):
    names = [f"part-{number}-of-2.jsonl" for number in (1, 2)]
    assert opened(make(dict.fromkeys(names, rows(1)))).warnings() == []


def test_what_the_datasets_library_notes_reaches_nothing_outside(tmp_path):
    folder = tmp_path / "one"
    datasets.Dataset.from_list([make_row(1)]).save_to_disk(folder)
    (tmp_path / "secret.jsonl").write_text(rows(9))
    for name in ('{"filename": "../secret.jsonl"}', "7", '{"filename": ".."}'):
        (folder / "state.json").write_text(f'{{"_data_files": [{name}]}}')
        assert "something under '_data_files' is no name of its folder" in message(folder)


def test_caches_of_the_datasets_library_are_no_rows(tmp_path):
    datasets.Dataset.from_list([make_row(1)]).save_to_disk(tmp_path / "in" / "one")
    datasets.Dataset.from_list([make_row(2)]).save_to_disk(tmp_path / "two")
    (tmp_path / "two" / "data-00000-of-00001.arrow").rename(tmp_path / "in" / "one" / "cache-0f3a.arrow")
    assert ids(tmp_path / "in") == ["r1"]


def test_a_repository_in_the_cache_of_the_hub_is_no_folder_of_rows(make):
    folder = make({"snapshots/a1/x.jsonl": rows(1), "snapshots/b2/x.jsonl": rows(2), "refs/main": "b2", "blobs/x": ""})
    assert "name a version in it: snapshots/a1, snapshots/b2" in message(folder)
    assert ids(folder / "snapshots" / "b2") == ["r2"]


def test_a_split_is_known_by_the_word_of_its_files(make):
    folder = make({"train.jsonl": rows(1), "dev.jsonl": rows(2)})
    assert ids(folder, "data.split=dev") == ids(folder, "data.split=Validation") == ["r2"]


def test_more_names_of_copies(make):
    others = ("rows (1).jsonl", "archive/rows.jsonl", "rows.save.jsonl", "rows_prev.jsonl")
    assert ids(make({"rows.jsonl": rows(1), **dict.fromkeys(others, rows(2))})) == ["r1"]


@pytest.mark.parametrize("source", ["gone.csv", "'rows.jsonl '", "'-'", "rows.tar.gz", "a b"])
def test_what_is_no_id_of_the_hub_is_not_looked_for_there(source):
    assert "no such file or folder" in message(source)
