"""Reading and comparing expressions: values at points, what is too large, what has no value."""

from fractions import Fraction

import pytest

pytest.importorskip("math_verify")

import mpmath
import sympy

from cgd_recipes.grading.values.equal import same_expression, same_relation
from cgd_recipes.grading.values.evaluate import UndefinedError, UnknownError, value_at
from cgd_recipes.grading.values.points import points
from cgd_recipes.grading.values.symbolic import constant, parse, same_value

X, N = sympy.symbols("x n")


def places(*expressions):
    return {point.values[X] for point in points(*expressions)}


def test_points_lie_on_both_sides_of_every_turn():
    found = places(abs(X - 5), 5 - X)
    assert {Fraction(0), Fraction(1), Fraction(-1), Fraction(5)} <= found
    assert any(value > 5 for value in found) and any(5 - Fraction(1, 2) < value < 5 for value in found)
    assert any(value.denominator > 1 and value < 0 for value in found)
    assert any(abs(value - 10**6) < 1 for value in places(abs(X - 10**6)))


def test_counted_names_are_whole_and_begin_at_one():
    found = {point.values[N] for point in points(sympy.factorial(N))}
    assert all(value.denominator == 1 and value > 0 for value in found)


def test_values_are_exact_while_they_are_rational():
    assert value_at(X**2 / 3, {X: Fraction(1, 2)}, complex_numbers=False) == Fraction(1, 12)
    assert value_at(sympy.floor(3 * X), {X: Fraction(1, 3)}, complex_numbers=False) == 1


@pytest.mark.parametrize("expression", [1 / X, sympy.sqrt(-1 + X), sympy.log(X), X**X])
def test_there_may_be_no_value(expression):
    with pytest.raises(UndefinedError):
        value_at(expression, {X: Fraction(0)}, complex_numbers=False)


def test_a_root_that_is_not_real_has_no_value_even_where_the_whole_has():
    with pytest.raises(UndefinedError):
        value_at(sympy.Mul(sympy.sqrt(X), sympy.sqrt(X), evaluate=False), {X: Fraction(-4)}, complex_numbers=False)
    assert mpmath.almosteq(value_at(sympy.sqrt(X), {X: Fraction(-4)}, complex_numbers=True), 2j)


def test_a_value_that_is_not_worth_it_is_unknown():
    with pytest.raises(UnknownError):
        value_at(X ** sympy.Integer(10**6), {X: Fraction(3)}, complex_numbers=False)


def test_cannot_tell_is_not_equal():
    unknown = sympy.Function("odd")(X)
    assert same_expression(unknown, unknown) is True  # one and the same expression
    assert same_expression(unknown, unknown * X) is None
    assert same_value("f(", "f(") is None


@pytest.mark.parametrize(
    "text", ["10^{10^{10}}", "1000000!", "62!!!45", "2^{2^{2^{2^{2}}}}", r"\binom{1000000000}{500000000}", "3^{99999}"]
)
def test_what_is_too_large_is_not_read(text):
    assert parse(text) is None


def test_what_the_parser_misreads_is_not_read():
    assert [parse(text) for text in (r"\gcd(a,b)", "(n-1)!!", r"e^{\ln x}", r"5 \text{ if } x > 0", "12:00")] == [
        None
    ] * 5
    assert parse("T^2") != parse("2")


def test_constants_keep_sixty_digits():
    assert constant(r"\sqrt{2}") ** 2 - 2 < Fraction(1, 10**50)
    assert constant("x") is None and constant(r"\sqrt{-2}") is None


def test_inequalities_turn_round():
    assert same_relation(X + N < 5, X + N < 5)
    assert same_relation(X + N < 5, -X - N > -5)
    assert not same_relation(X + N < 5, X + N <= 5)
