"""What pages are made of: the frame, the parts, and the charts of counts."""

import re
from xml.etree import ElementTree

import pytest

from cgd_recipes.files.templates import environment
from cgd_recipes.reporting import charts

EVIL = '<script>"&'


def test_parts_escape_what_they_are_given():
    source = (
        '{% from "report/parts.html.j2" import search, table %}'
        "{{ table(head, rows, caption) }}{{ search('tbody tr', {'reason': head}) }}"
    )
    made = environment().overlay(autoescape=True).from_string(source)
    page = made.render(head=["a", EVIL], rows=[[1, EVIL]], caption=EVIL)
    assert "<script>" not in page
    assert page.count("&lt;script&gt;") == 4
    assert 'data-filters="tbody tr" data-by="reason"' in page


def test_a_funnel_shows_what_is_left_and_what_went():
    chart = charts.funnel("rows", [("read", 1_000), (EVIL, 400), ("kept", 400)])
    bars = [float(each.get("width")) for each in ElementTree.fromstring(chart).iter("rect")]
    assert [each / bars[0] for each in bars] == pytest.approx([1, 0.4, 0.6, 0.4])  # read, kept, gone beside it, kept
    assert re.findall(">([^<]+)</text>", chart) == ["read", "1,000", "&lt;script&gt;&#34;&amp;", "400", "kept", "400"]


def test_a_histogram_has_a_bar_for_each_bin():
    chart = charts.histogram("lengths", [(0, 10, 3), (10, 20, 6), (20, 30, 0)], "words")
    tall = [float(each.get("height")) for each in ElementTree.fromstring(chart).iter("rect")]
    assert (tall[0] / tall[1], tall[2]) == (0.5, 0)
    assert "6 from 10 to 20 words" in chart


def test_charts_of_nothing():
    for chart in (charts.funnel("none", []), charts.histogram("none", []), charts.histogram("none", [(0, 1, 0)])):
        ElementTree.fromstring(chart)
