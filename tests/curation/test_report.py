"""The data report: what it says, in three forms, and that row text stays text."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest
from helpers.command import run
from helpers.rows import make_row

from cgd_recipes.curation.filters.quality import RATINGS
from cgd_recipes.curation.protocol import Entry, Share
from cgd_recipes.curation.ratings import ratings
from cgd_recipes.curation.survey import SAMPLE, WORST, Survey
from cgd_recipes.curation.tally import Tally
from cgd_recipes.data.measure import Measure
from cgd_recipes.data.rows import Origin, Row

EVIL = "</pre><script>alert(1)</script><img src=//evil.example onerror=alert(2)> \u202e\"'{{ 7 * 7 }}"


class Tags(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.found, self.data = [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))


@pytest.fixture
def inspected(tmp_path, write_rows):
    def inspect(rows, *settings):
        options = [part for setting in settings for part in ("-s", setting)]
        result = run("inspect", str(write_rows(rows)), "-o", str(tmp_path / "out"), *options)
        assert result.exit_code == 0, result.output
        return [(tmp_path / "out" / name).read_text(encoding="utf-8") for name in ("data.html", "data.md", "data.json")]

    return inspect


def test_any_rows_with_a_question_get_a_report(inspected):
    rows = [make_row(n) for n in range(5)] + [{"question": "Why?", "id": "bare"}]
    page, text, values = inspected(rows, "curate.leakage=drop")
    figures = json.loads(values)["figures"]
    assert figures["refined_accuracy"]["examined"] | {"low": 0, "high": 0} == {
        "rows": 5,
        "of": 5,
        "share": 1,
        "low": 0,
        "high": 0,
    }
    assert json.loads(values)["rows"]["examined"] == 6
    assert "| `refined_accuracy` | refined answers that are right | 100.0 [56.6, 100.0] % of 5 |" in text
    assert "100.0 [56.6, 100.0] % of 5" in page
    assert page.count('<details class="row"') == 6


def test_a_row_says_how_it_speaks_against_figures(inspected):
    leaking = make_row(1, answer="57", critique="It is 57, not more.\nConclusion: wrong", refined_response="It is 56.")
    page, _, _ = inspected([leaking, make_row(2)])
    said = "lowers teacher accuracy, refined accuracy, refined answered, wrong to right; raises leakage, unanswered"
    assert f"{leaking['id']}: {said}</summary>" in page
    assert "<td>refined_<wbr>accuracy</td>" in page


def test_the_page_loads_nothing_and_row_text_is_text(inspected):
    rows = [make_row(1, question=f"Why {EVIL}", id=f"r{EVIL}", critique=f"{EVIL}\nConclusion: wrong"), make_row(2)]
    page, text, _ = inspected(rows)
    tags = Tags(page)
    assert not {"img", "link", "iframe", "object", "base"} & {tag for tag, _ in tags.found}
    assert not [name for _, attributes in tags.found for name in attributes if name.startswith("on") or name == "src"]
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page
    assert "&lt;script&gt;alert(1)" in page and "\u202e" not in page and "{{ 7 * 7 }}" in page
    assert "<script" not in text


def test_the_same_rows_give_the_same_bytes(inspected):
    rows = [make_row(n) for n in range(9)]
    assert inspected(rows) == inspected(rows)


def test_a_render_writes_the_report_of_its_rows(render_recipe, tmp_path, write_rows):
    recipe = tmp_path / "mine.yaml"
    recipe.write_text("extends: [llama-cgd, base/curate]\nname: mine\n")
    rendered = render_recipe(str(recipe), f"data.source={write_rows([make_row(n) for n in range(4)])}")
    values = json.loads((rendered.folder / "report" / "data.json").read_text())
    assert values["rows"]["used"] == 4 and "report/data.html" in rendered.outputs


def entry(number, **facts):
    return Entry(
        Row({"id": f"r{number}", "question": "Why?"}, Origin(0, number)),
        {name: str(value) for name, value in facts.items()},
    )


def test_the_page_holds_the_worst_rows_and_the_first_of_the_draw():
    shares = [Share("bad", "", {"bad": ["yes", "no"]}, {"bad": ["yes"]}, False)]
    survey = Survey(Measure(10, 3.0, None), shares)
    for number in range(1_000):
        survey.add(entry(number, bad="yes" if number % 2 else "no"))
    ids = [shown.id for shown in survey.rows]
    assert ids[:WORST] == [f"r{number}" for number in range(1, 2 * WORST, 2)]
    assert ids[WORST:] == [f"r{number}" for number in range(0, SAMPLE, 2)]


def test_ratings_by_verdict_give_the_papers_effect_size():
    # Means 4.36 (.62) and 3.71 (.63) are d 1.04 in the paper; here with ratings that have about these moments.
    tally = Tally()
    for verdict, counts in (("wrong", {3: 70, 4: 500, 5: 430}), ("right", {2: 20, 3: 330, 4: 570, 5: 80})):
        for rating, count in counts.items():
            for number in range(count):
                tally.add(entry(number, verdict=verdict, **dict.fromkeys(RATINGS, rating)))
    first, _ = ratings(tally)
    wrong, right = first.groups
    assert (round(wrong.mean, 2), round(right.mean, 2)) == (4.36, 3.71)
    assert first.effect.value == pytest.approx((4.36 - 3.71) / ((wrong.deviation**2 + right.deviation**2) / 2) ** 0.5)
    assert first.effect.low < first.effect.value < first.effect.high < first.effect.value + 0.1
