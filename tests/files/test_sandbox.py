"""Templates and patterns that others wrote: nothing of this program in reach, and an end in all cases."""

import re
import threading

import pytest
from helpers.lists import some

from cgd_recipes.files import limits, template_steps
from cgd_recipes.files.limits import Limited, LimitError, count
from cgd_recipes.files.patterns import pattern_fault
from cgd_recipes.files.sandbox import LimitedEnvironment
from cgd_recipes.files.shipped import data_root, shipped_names
from cgd_recipes.files.templates import compile_templates, template_faults
from cgd_recipes.files.yaml import read_yaml
from cgd_recipes.recipe.method import PARTS, shipped_method

ENDLESS = [
    "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}{% endfor %}{% endfor %}{% endfor %}x",
    "{% macro m(n) %}{% if n %}{{ m(n-1) }}{{ m(n-1) }}{% endif %}x{% endmacro %}{{ m(60) }}",
    "{% for x in range(9999) %}{% set y = range(9999)|map('string')|list %}{% endfor %}x",
]
TWICE = "{% set a = 'xxxxxxxxxx' %}"
LARGE = [
    "{{ 'x' * 10**9 }}", "{{ 10**9 * 'x' }}", "{{ [1] * 10**9 }}", "{{ 10**9999 * 10**9999 }}", "{{ 10**100000 }}",
    "{{ range(10**18)|list }}", "{{ range(10**9)|join }}", "{{ 'x'.ljust(10**9) }}", "{{ 'x'.zfill(10**9) }}",
    "{{ 'x'|center(10**9) }}", "{{ '%999999999d'|format(1) }}", "{{ '%999999999d' % 1 }}", "{{ '%*d' % (10**9, 1) }}",
    "{{ '{:999999999}'.format(1) }}", "{{ '{:{}}'.format(1, 10**9) }}", "{{ 'x'.encode().ljust(10**9) }}",
    "{{ '\t'.expandtabs(10**9) }}", "{{ (5).to_bytes(10**9, 'big') }}", "{{ [1]|tojson(indent=10**9) }}",
    "{{ [1]|tojson(10**9) }}",
    "{{ 'x'|indent(10**9) }}", "{{ ['x']|map('center', 10**9)|list }}", "{{ ['x']|map('indent', 10**9)|list }}",
    "{% set a = 'x' * 9999999 %}{{ a.replace('x', a) }}", "{% set a = 'x' * 999999 %}{{ ([a] * 9999)|join(a) }}",
    "{% set a = range(9999)|list %}{{ ([a] * 9999)|sum(start=[]) }}", "{{ 'xxxx'.translate({120: 'y' * 99999999}) }}",
    TWICE + "{% set a = a~a~a~a~a~a~a~a~a~a %}" * 10 + "{{ a }}", TWICE + "{% set a = a + a %}" * 40 + "{{ a }}",
    TWICE + "{% set a %}{{ a }}{{ a }}{% endset %}" * 40 + "{{ a }}", "{% set a = [1] %}" + "{% set a = [a, a] %}" * 60 + "{{ a }}",
    "{% set a = [1] %}" + "{% set a = [a, a] %}" * 60 + "{{ a|string|length }}",
    "{% set a = [1] %}" + "{% set a = [a, a] %}" * 60 + "{{ a|tojson|length }}",
]  # fmt: skip
WIDTHS_AND_SEARCHES = [
    "{{ '{0:>{1}}'.format('x', '999999999') }}", "{{ '{0:>{1}}'.format('x', 999999999.0) }}",
    "{{ '{:{}{}}'.format('x', '99999', '9999') }}",
    "{{ ('x'|safe).ljust(10**9) }}", "{{ ('\t'|e).expandtabs(10**9) }}", "{{ ('x'|safe).join('a' * 9999999) }}",
    "{{ ('a' * 9999999).rfind('a' * 999999 ~ 'b' ~ 'a' * 999999) }}", "{{ ('a' * 9999999).strip('b' * 9999999 ~ 'a') }}",
    "{{ ('a' * 1200000)|trim('b' * 1200000 ~ 'a') }}", "{{ ('a' * 9999999).rpartition('a' * 999999 ~ 'b' ~ 'a' * 999999) }}",
]  # fmt: skip
TWO = "{% set a = [1] %}{% set b = [1] %}" + "{% set a = [a, a] %}{% set b = [b, b] %}" * 60
TUPLE = "{% set a = (1,) %}" + "{% set a = (a, a) %}" * 60
ENTWINED = [
    TWO + "{{ a == b }}", TWO + "{{ a in [b] }}", TWO + "{{ a is eq b }}", TWO + "{{ [a, b]|sort|length }}", TUPLE + "{{ {a: 1} }}",
    TUPLE + "{{ [a]|unique|list }}", "{% set a = 1 %}" + "{% set a = {'x': a, 'y': a} %}" * 60 + "{{ a.values() }}",
    "{% set a = 1 %}" + "{% set a = dict(x=a, y=a) %}" * 60 + "{{ a == dict(x=a, y=a) }}",
    "{% macro m(i) %}{% if i %}{{ m(i - 1, varargs, varargs) }}{% else %}{{ {varargs: i} }}{% endif %}{% endmacro %}"
    "{{ m(60, 1) }}",
]  # fmt: skip
DEEP = [
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
    "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
    "{% if 1 %}" * 3000 + "x" + "{% endif %}" * 3000,
    "x" * 200_001,
]
IN_REACH = [
    "{{ lipsum.__globals__ }}", "{{ cycler.__init__ }}", "{{ joiner() }}", "{% set n = namespace(a=1) %}{{ n.a }}",
    "{{ ''|attr('format')|attr('__self__') }}", "{{ ('{0.__class__}'|attr('format'))(1) }}", "{{ ''.__class__ }}",
    "{{ self.__init__ }}", "{% include 'recipe.yaml.j2' %}", "{% import 'recipe.yaml.j2' as x %}{{ x }}",
]  # fmt: skip


@pytest.fixture
def little_time(monkeypatch):
    monkeypatch.setattr(limits, "SECONDS", 0.2)


@pytest.mark.parametrize("template", some(ENDLESS, 3))
def test_a_template_that_takes_too_long_is_stopped(template, little_time):
    assert template_faults(template, [], []) == ["the template fails: it takes longer than 0.2 s"]


@pytest.mark.parametrize("template", some([*LARGE, *WIDTHS_AND_SEARCHES, *ENTWINED, *DEEP, *IN_REACH], 3))
def test_a_template_that_grows_or_reaches_out_fails(template):
    (fault,) = template_faults(template, [], [])
    assert fault.startswith(("the template ", "template line ")), fault


@pytest.mark.parametrize(
    "template",
    [
        "{% set a = 'x' * 9000 %}{{ (a|list)|length }}",
        "{% set a = 'x' * 9000 %}{{ a.split('x')|length }}",
        "{{ ('&' * 9000)|forceescape|forceescape|length }}",
        "{{ ('<' * 9000)|tojson|length }}",
        "{{ ([1] * 9000)|length }}",
    ],
)
def test_what_filters_and_methods_make_counts(template, monkeypatch):
    monkeypatch.setattr(limits, "CHARACTERS", 50_000)
    assert template_faults(template, [], []) == ["the template fails: it makes more than 50,000 characters"]


AT_ONCE = [
    "{{ a|upper|length }}", "{{ a.upper()|length }}", "{{ a|tojson|length }}", "{{ a|forceescape|length }}", "{{ a|list|length }}",
    "{{ a|select|list|length }}", "{{ a|sort|length }}", "{{ a.split()|length }}", "{{ a.splitlines()|length }}", "{{ a|urlencode }}",
    "{{ ([a] * 100)|string|length }}", "{{ [a, a, a] }}", "{{ ([a] * 100)|tojson|length }}", "{{ a|join('x')|length }}",
    "{{ ('{0}' * 100).format(a)|length }}", "{{ ('%(a)s' * 100)|format(a=a)|length }}", "{{ a|indent(100, true, true)|length }}",
    "{{ a|wordcount }}", "{{ dict(*a) }}", "{{ 'x'.format(*a) }}", "{{ 'x'|format(*a) }}", "{{ [a]|map('upper')|list|length }}",
]  # fmt: skip


@pytest.mark.parametrize("template", AT_ONCE)
def test_a_step_that_would_make_too_much_is_not_begun(template, monkeypatch):
    """What a step makes cannot be counted before it is there, so there must be room for the most that it may make."""
    monkeypatch.setattr(limits, "CHARACTERS", 50_000)
    made = []
    monkeypatch.setattr(template_steps, "count_made", lambda value: made.append(value) or value)
    (fault,) = template_faults(f"{{% set a = 'x\n' * 10000 %}}{template}", [], [])
    assert fault == "the template fails: it makes more than 50,000 characters"
    assert not [value for value in made if isinstance(value, list) or (isinstance(value, str) and len(value) > 20_000)]


def test_what_is_cut_out_counts(monkeypatch):
    monkeypatch.setattr(limits, "CHARACTERS", 50_000)
    cut = "".join("{% set b = a[1:] %}" for _ in range(3))
    assert template_faults(f"{{% set a = 'x' * 9000 %}}{cut}x", [], []) == []
    fault = "the template fails: it makes more than 50,000 characters"
    assert template_faults(f"{{% set a = 'x' * 9000 %}}{cut}{cut}", [], []) == [fault]


def test_named_arguments_are_written_out():
    fault = "template line 1: '**' before an argument is not offered to templates"
    assert template_faults("{{ dict(**{'a': 1}) }}", [], []) == [fault]


def test_a_template_is_stopped_in_any_thread(little_time):
    faults = []
    threads = [threading.Thread(target=lambda: faults.extend(template_faults(ENDLESS[0], [], []))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == ["the template fails: it takes longer than 0.2 s"] * 2


def test_what_swallows_errors_is_stopped_too(little_time):
    with pytest.raises(LimitError, match="longer"), Limited():
        while True:
            try:
                sum(range(1_000))
            except Exception:
                continue


def test_the_limit_ends_with_its_context(monkeypatch):
    with pytest.raises(ZeroDivisionError), Limited():
        raise ZeroDivisionError
    with Limited():
        count(limits.CHARACTERS)
    with Limited():
        count(limits.CHARACTERS)
    with pytest.raises(LimitError, match="makes more than"), Limited():
        count(limits.CHARACTERS + 1)
    assert limits._deadlines == {}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ a ~ 1 ~ b }}", "x1['y', 2]"),
        ("{{ a + 'z' }}{{ 3 * a }}{{ 7 % 4 }}{{ 2 ** 5 }}{{ [1] + [2] }}", "xzxxx332[1, 2]"),
        ("{{ '%s-%03d' % (a, 5) }}{{ '%s' | format(a) }}{{ '{:>4}'.format(a) }}", "x-005x   x"),
        ("{% for i in range(3) %}{{ loop.index }}{% endfor %}{{ range(1, 7, 2)|list }}", "123[1, 3, 5]"),
        ("{{ b|join('-') }}{{ ', '.join(['p', 'q']) }}{{ 'aXb'.replace('X', a) }}{{ 'aXX'|replace('X', a, 1) }}", "y-2p, qaxbaxX"),
        ("{% for i in b %}{% set c = a.replace('x', 'w') %}{{ c }}{{ '-'.join([c, c]) }}{% endfor %}", "ww-www-w"),
        ("{{ a.upper() }}{{ ' k '.strip() }}{{ 'a b'.split()[-1] }}{{ [1, 2]|sum }}{{ b|tojson(indent=1) }}", 'Xkb3[\n "y",\n 2\n]'),
        ("{{ a[::-1] }}{{ b[1:] }}{{ 'abc'[:2] }}{{ b[0] }}{{ 'p\nq'|indent(2) }}", "x[2]abyp\n  q"),
        ("{% macro f(a, b) %}{{ a }}-{{ b }}{% endmacro %}{{ [f][0](*[1, 2]) }}{{ 'x'|replace(*['x', 'y']) }}", "1-2y"),
        ("{{ '{{{}: {}}}'.format(a, 1) }}{{ 'a/b/c'.rsplit('/', 1)[0] }}{{ 'xyx'|trim(a) }}{{ ('<'|safe).strip() }}", "{x: 1}a/by<"),
        ("{% set p, q = (1, [2, (3,)]) %}{{ p }}{{ q }}{{ {a: q} == {'x': q} }}", "1[2, (3,)]True"),
        ("{% for k, v in {a: 1}.items() %}{{ k }}{{ v }}{% endfor %}", "x1"),
        ("{% macro m(x) %}<{{ x }}>{% endmacro %}{{ m(a) }}{% set t %}{{ a }}!{% endset %}{{ t }}", "<x>x!"),
    ],
)  # fmt: skip
def test_what_prompts_do_still_works(template, text):
    assert compile_templates({"user": template})({"a": "x", "b": ["y", 2]}) == {"user": text}


def test_shipped_prompts_need_no_limit_and_are_rendered_without_it():
    environment = LimitedEnvironment()
    for name in shipped_names("templates/methods"):
        values = shipped_method(name).values
        assert all(environment.is_plain(values[part]) for part in PARTS if part in values)
    assert not environment.is_plain("{% for x in y %}{% endfor %}")
    assert not environment.is_plain("{{ x|upper }}")


@pytest.mark.parametrize(
    "pattern",
    ["(a|a|b|x| )+$ZZ", "(a+)+$", "a*a*a*b", "<[^>]*>", "[a-z]+x", "(?:a?){30}a{30}", r"(x)\1", r"<\|.*\|>", "a{1,100000}",
     "(?=a+)b+", "x{1,40}y{1,40}", "(?:a|a){1,20}", r"<\w+<\w+>", r"(?:<[a-z]+){2}", "a{0,50}a{0,50}b", ".+", r"_\w+_",
     ".{65000}x", "(?:a{90}){90}b"],
)  # fmt: skip
def test_patterns_that_may_take_long_are_refused(pattern):
    assert pattern_fault(pattern).startswith("may take too long on some texts; give repetitions a near end")


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [("(", "is no regular expression"), ("x*", "matches the empty text"), ("", "matches the empty"), ("(?i)s", "must set no flags"),
     ("(?P<a>x)", "must name no groups"), ("[[q]", "will have another meaning in later versions of Python"),
     ("a(?i:[A-Z]+)!", "must set no flags"), ("<(?-i:a)>", "must set no flags")],
)  # fmt: skip
def test_patterns_that_are_none(pattern, fault):
    assert pattern_fault(pattern).startswith(fault)


def test_patterns_in_use_are_accepted():
    patterns = [r"\[/?INST\]", "<[^<>]*>", "(?:ab){1,3}", "<a(?:b|c){0,5}>", "</?s>", r"<[^<>]+>(?:b|c){0,2}", "x(?=y)"]
    for name in shipped_names("recipes/families"):
        patterns += read_yaml(data_root() / "recipes" / "families" / f"{name}.yaml").value["control_tokens"]
    for pattern in patterns:
        assert pattern_fault(pattern) is None, pattern
        # Linear: a run of what it repeats, and one of what it begins with.
        for text in ("<" * 200_000, "<|" + "a" * 200_000, "<|" * 100_000):
            re.search(pattern, text)
