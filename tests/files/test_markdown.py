"""Text of others in Markdown."""

import pytest

from cgd_recipes.files.markdown import markdown_cell, markdown_code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("org/model", "`org/model`"),
        ("a|b", "`a\\|b`"),
        ("a`b", "`` a`b ``"),
        ("``", "``` `` ```"),
        ("x\n---\nlicense: mit", "`x⟨U+000A⟩---⟨U+000A⟩license: mit`"),
        ("\x1b[31m\u202e\u0085", "`⟨U+001B⟩[31m⟨U+202E⟩⟨U+0085⟩`"),
    ],
)
def test_code_stays_on_its_line_and_in_its_fence(text, code):
    assert markdown_code(text) == code


def test_a_cell_is_no_markup():
    assert markdown_cell("a\n# b | <c> [d](e)\x07") == r"a \# b \| \<c\> \[d\](e)⟨U\+0007⟩"
