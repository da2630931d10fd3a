"""Plain numbers: what they are, when two are the same, what is a unit, which shape an answer has."""

from fractions import Fraction

import pytest

from cgd_recipes.grading.notation.clean import clean, key
from cgd_recipes.grading.notation.number import approximates, as_number, same_number
from cgd_recipes.grading.notation.spelled import spelled
from cgd_recipes.grading.notation.structure import Group, interval_of, shape, signs, split_top
from cgd_recipes.grading.notation.text import kind_of, option, truth, words
from cgd_recipes.grading.notation.unit import split_unit, unit_name, units_differ


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", Fraction(12)),
        ("-1,200.5", Fraction(-12005, 10)),
        (".5", Fraction(1, 2)),
        ("5.", Fraction(5)),
        ("1{,}200", Fraction(1200)),
        (r"1\,200", Fraction(1200)),
        (r"10,\!080", Fraction(10080)),
        (r"\$32,\!348", Fraction(32348)),
        ("1 000 000", Fraction(10**6)),
        (r"0.1\overline{6}", Fraction(1, 6)),
        ("6.0e-7", Fraction(6, 10**7)),
        (r"6.0 \times 10^{-7}", Fraction(6, 10**7)),
        (r"6 \cdot 10^{-7}", Fraction(6, 10**7)),
        ("6 × 10^-7", Fraction(6, 10**7)),  # noqa: RUF001
        ("4.5E33", Fraction(45 * 10**32)),
        ("10^{4}", Fraction(10_000)),
        ("3/4", Fraction(3, 4)),
        (r"\frac34", Fraction(3, 4)),
        (r"\frac 34", Fraction(3, 4)),
        (r"\dfrac{-3}{4}", Fraction(-3, 4)),
        (r"\frac{270}7", Fraction(270, 7)),
        ("-1./3", Fraction(-1, 3)),
        (r"1\frac{4}{5}", Fraction(9, 5)),
        (r"-1 \frac{4}{5}", Fraction(-9, 5)),
        ("3 1/2", Fraction(7, 2)),
        ("−5", Fraction(-5)),  # noqa: RUF001
        ("½", Fraction(1, 2)),
    ],
)
def test_numbers(text, value):
    number = as_number(clean(text))
    assert number is not None and number.value == value


@pytest.mark.parametrize(
    "text",
    ["", "x", "1,20", "12,00", "1 20", "1.2.3", "2x", r"2\frac{3}{2}", r"\frac{1}{0}", "1/0", "10^{10^{10}}", "1e99999999", "5!",
     "1,2", "9" * 20_000],
)  # fmt: skip
def test_what_is_no_plain_number(text):
    assert as_number(clean(text)) is None


@pytest.mark.parametrize(
    ("gold", "answer", "tolerance", "same"),
    [
        ("12", "12.00", None, True),
        ("100", "100.04", None, False),
        ("0.04", "0.01", None, False),
        ("3.14", "3.1", None, False),
        ("3.14", "3.14159", None, False),
        ("3.14", "3.14159", 0.005, True),
        ("3.14", "3.145", 0.005, True),
        ("3.14", "3.1451", 0.005, False),
        ("1/3", "0.3333", None, False),
        ("1/3", "0.333333", None, True),
        ("1/3", "0.333334", None, False),
        ("2/3", "0.666666", None, True),
        ("2/3", "0.666667", None, True),
        ("0.333333", "1/3", None, True),
        ("1/7", "0.142857142857", None, True),
        ("2.1e-9", "1.1e-9", None, False),
        ("1000", "1001", 5.0, False),
        ("1000", "1001.5", 5.0, True),
        ("5", "500", None, False),
    ],
)
def test_same_number(gold, answer, tolerance, same):
    assert same_number(as_number(gold), as_number(answer), tolerance) is same


def test_an_approximation_has_six_digits():
    assert approximates(Fraction(14_142_136, 10**7), as_number("1.41421"))
    assert not approximates(Fraction(14_142_136, 10**7), as_number("1.4142"))
    assert not approximates(Fraction(14_142_136, 10**7), as_number("14142136/10000000"))


def test_layout_makes_no_difference():
    assert key(r"$\left( 3, \dfrac{\pi}{2} \right)$") == key(r"(3,\frac{\pi}{2})")
    assert key("52_8") == key(r"52_{8}") == key(r"52_{\text{8}}")
    assert key("1 2") != key("12")
    assert key(r"\text{Answer: } 5") == key("5.")


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        (r"5.4 \text{ cents}", "5.4", "cent"),
        (r"864 \mbox{ inches}^2", "864", "square inch"),
        (r"9.6 \mathrm{~m/s}", "9.6", "metre per second"),
        ("90^\\circ", "90", "degree"),
        ("90 degrees", "90", "degree"),
        ("12 cm", "12", "centimetre"),
        ("8 \\%", "8", "%"),
        (r"12 \text{ apples}", "12", None),
        (r"12 \mathrm{~kg} \cdot \mathrm{m}^{2} \cdot \mathrm{s}^{-1}", "12", None),
        ("3m", "3m", None),
        (r"2 \text{ dozen}", r"2 \text{ dozen}", None),
        (r"5 \text{ if } x > 0", r"5 \text{ if } x > 0", None),
    ],
)
def test_units(text, value, unit):
    left, found = split_unit(clean(text))
    assert (left, unit_name(found)) == (value, unit)


def test_units_differ():
    assert units_differ("min", "seconds")
    assert not units_differ("minute", r"\text{ min}")
    assert units_differ(r"\text{ apples}", r"\text{ min}")
    assert not units_differ(r"\text{ apples}", r"\text{ green apples}")
    assert not units_differ(None, "cm")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5", "5"),
        ("(5)", "5"),
        ("58,500", "58,500"),
        ("1,-2", Group("", ("1", "-2"))),
        (r"3 \pm \sqrt{2}", Group("", (r"3 + \sqrt{2}", r"3 - \sqrt{2}"))),
        ("(1,-2)", Group("()", ("1", "-2"))),
        ("(312,123)", Group("()", ("312", "123"))),
        ("[2,5)", Group("[)", ("2", "5"))),
        (r"x \in [-2,7]", Group("[]", ("-2", "7"))),
        (r"\{2,1\}", Group("⦃⦄", ("2", "1"))),
        ("(0,9) \\cup (9,36)", Group("\\cup", ("(0,9)", "(9,36)"))),
        ("(1,1), (3,2)", Group("", ("(1,1)", "(3,2)"))),
        (r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", Group("rows", ("1 & 2", "3 & 4"))),
        ("(x+1)(x-2)", "(x+1)(x-2)"),
    ],
)
def test_shapes(text, expected):
    assert shape(clean(text)) == expected


def test_a_list_has_no_thousands():
    assert shape("100,200", listed=True) == Group("", ("100", "200"))


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        (r"2 \le x < 5", Group("[)", ("2", "5"))),
        ("x > 3", Group("()", ("3", r"\infty"))),
        (r"x \leq 0", Group("(]", (r"-\infty", "0"))),
        ("2 < x > 5", None),
        ("x + y < 5", None),
    ],
)
def test_inequalities_are_intervals(text, interval):
    assert interval_of(clean(text)) == interval


def test_splitting_minds_brackets():
    assert split_top(r"(1,2),f(x,y),\frac{a,b}{c}") == ["(1,2)", "f(x,y)", r"\frac{a,b}{c}"]
    assert signs(r"a \pm b \mp c") == ["a + b - c", "a - b + c"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (r"\text{Marian}", "text"),
        ("east", "text"),
        (r"\text{(C)}", "option"),
        ("(c)", "option"),
        ("True", "boolean"),
        ("5", "numerical"),
        ("m", "numerical"),
        ("MR=SRMC", "numerical"),
        ("x^2", "numerical"),
    ],
)
def test_kind_is_told_from_the_text(text, kind):
    assert kind_of(text) == kind


def test_words():
    assert words(r"\textbf{An Ellipse.}") == "ellipse"
    assert [truth(text) for text in ("Yes.", r"\text{False}", "True or False", "not true", "1")] == [
        True,
        False,
        None,
        None,
        None,
    ]
    assert [option(text) for text in ("(C)", "c", "C. 12", "Option (C)", "(C), (D)", "Cat", "")] == ["C"] * 4 + [
        None
    ] * 3


@pytest.mark.parametrize(
    ("text", "value", "rest"),
    [
        ("five", 5, ""),
        ("Twenty-one apples", 21, "apples"),
        ("three hundred and five", 305, ""),
        ("two million three hundred thousand", 2_300_000, ""),
        ("one half", Fraction(1, 2), ""),
        ("two-thirds left", Fraction(2, 3), "left"),
        ("three and a half", Fraction(7, 2), ""),
        ("a dozen", 12, ""),
        ("third", 3, ""),
    ],
)
def test_numbers_in_words(text, value, rest):
    assert spelled(text) == (value, rest)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "apples",
        "two three",
        "one twenty",
        "hundred",
        "thousand two",
        "five and",
        "five of six",
        "twenty thirty",
        "5",
        "tone",
    ],
)
def test_what_is_no_number_in_words(text):
    assert spelled(text) is None
