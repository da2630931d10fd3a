"""A verdict is what the last conclusion line states alone."""

import pytest

from cgd_recipes.data.verdict import UNREADABLE, parse_verdict, verdict_of


@pytest.mark.parametrize(
    ("critique", "verdict"),
    [
        ("All fine.\nConclusion: right", "right"),
        ("Conclusion: wrong", "wrong"),
        ("Conclusion: right, at first sight.\nBut no.\n**Conclusion: Wrong**", "wrong"),
        ("No.\nConclusion: wrong [END]", "wrong"),
        ("No.\nConclusion: wrong\n\n", "wrong"),
        ("- conclusion : RIGHT.", "right"),
        ("The conclusion: right is what I expected", None),
        ("", None),
        # a label in other clothes, and a verdict below it
        ("Conclusion:\nwrong", "wrong"),
        ("**Conclusion:**\n\n**Wrong**.\n", "wrong"),
        ("Final Conclusion: wrong", "wrong"),
        ("**Final Conclusion:** wrong", "wrong"),
        ("### Overall conclusion\n\nright", "right"),
        ("5. Conclusion: wrong", "wrong"),
        ("__Conclusion:__ right", "right"),
        ("Conclusion: $\\boxed{\\text{wrong}}$", "wrong"),
        ("Conclusion: wrong<|eot_id|>", "wrong"),
        ("Conclusion: wrong\u200b", "wrong"),
        ("Conclusion\uff1aright", "right"),
        # a heading that a text follows is no conclusion line
        ("Conclusion: wrong\n## Conclusion\nThe last step fails.", "wrong"),
        ("## Conclusion\nThe last step fails.", None),
        # hedged, contradictory, negated, cut off
        ("Conclusion: right or wrong", UNREADABLE),
        ("Conclusion: right/wrong", UNREADABLE),
        ("Conclusion: right approach but wrong final answer", UNREADABLE),
        ("Conclusion: wrong in form, right in substance", UNREADABLE),
        ("Conclusion: not right", UNREADABLE),
        ("Conclusion: mostly right", UNREADABLE),
        ("Conclusion: right?", UNREADABLE),
        ("Conclusion: right, except for the sign", UNREADABLE),
        ("Conclusion: rightly so", UNREADABLE),
        ("Conclusion: wrong\nConclusion: partly wrong", UNREADABLE),
        ("Conclusion:", UNREADABLE),
        ("Conclusion:\nThe student is right.", UNREADABLE),
        # struck out, not ticked, negated by a sign, contradicted by a line below
        ("Conclusion: ~~right~~", UNREADABLE),
        ("Conclusion:\n- [ ] right\n- [x] wrong", UNREADABLE),
        ("Conclusion: \u00acright", UNREADABLE),
        ("Conclusion: !right", UNREADABLE),
        ("Conclusion:\nright\nwrong", UNREADABLE),
        ("Conclusion: right\n\nNo:\n**Wrong**", UNREADABLE),
        ("Conclusion: right!\nright", "right"),
        # taken back by a sentence below
        ("Conclusion: right\nWait, actually it is wrong.", UNREADABLE),
        ("Conclusion: right\n\nHmm, hold on. The 3 is a 4.", UNREADABLE),
        ("Conclusion: wrong\n\nOn second thought, 12 / 4 is 3.", UNREADABLE),
        ("Conclusion: right\nThe sum is 5. Let me re-check this.", UNREADABLE),
        ("Conclusion: right\nHowever, the student's final answer is incorrect.", UNREADABLE),
        ("Conclusion: right\nNote: the answer of 5 is not correct.", UNREADABLE),
        ("Conclusion: wrong\n(It's right after all: it is indeed correct.)", UNREADABLE),
        ("Conclusion: wrong\nSo the solution isn't wrong.", UNREADABLE),
        ("Conclusion: right\nI was mistaken above.", UNREADABLE),
        # the other verdict below, by a name
        ("Conclusion: right\nCorrection: wrong", UNREADABLE),
        ("Conclusion: right\n\n**Final verdict** - wrong.", UNREADABLE),
        ("Conclusion: right\nNo, it is wrong.", UNREADABLE),
        ("Conclusion: wrong\nSorry, I meant right.", UNREADABLE),
        ("Conclusion: wrong\nThe conclusion above should read **right**", UNREADABLE),
        ("Conclusion: right\nI mark it as incorrect.", UNREADABLE),
        ("Conclusion: right\nVerdict: right", "right"),
        ("Conclusion: right\nThe answer, 5, is the one that looks wrong", "right"),
        # a cross, or a tick
        ("Conclusion: \u274c right", UNREADABLE),
        ("Conclusion: \u2705 **wrong**", UNREADABLE),
        ("Conclusion: \u274c wrong", "wrong"),
        ("Conclusion: \u2713 right", "right"),
        # not taken back
        ("Conclusion: wrong\nThe correct answer is 5.", "wrong"),
        ("Conclusion: wrong\n\nThe answer is wrong because 2 + 2 is 4.", "wrong"),
        ("Conclusion: wrong\nThe method is right, and the answer is partially correct.", "wrong"),
        (
            "Conclusion: wrong\nCorrection:\nIt follows that 6 is the right value. The answer is the right angle.",
            "wrong",
        ),
        ("Conclusion: right\nHowever, the presentation could be better. But it is fine.", "right"),
        ("Conclusion: right\nNothing in it is wrong, and the answer is not incorrect.", "right"),
        ("Conclusion: right\nThe student is right; a wrong answer would be 4.", "right"),
        ("Conclusion: wrong\nCheck whether it is right before you go on. The solution can be made correct.", "wrong"),
        ("Conclusion: wrong\nIt must be right-angled. Wait times are 5 minutes.", "wrong"),
        ("Conclusion: right\n\nActually done. Waiting for the next one.", "right"),
    ],
)
def test_the_last_conclusion_line_decides(critique, verdict):
    assert verdict_of(critique) == verdict
    assert parse_verdict(critique) == (None if verdict == UNREADABLE else verdict)


@pytest.mark.parametrize("text", ["conclusion" + ":" * 200_000, "conclusion: " + " " * 200_000 + "x", "*" * 400_000])
def test_degenerate_lines_end(text):
    assert verdict_of(text) in (None, UNREADABLE)
    assert verdict_of(f"{text}\nConclusion: wrong") == "wrong"
    assert verdict_of(f"Conclusion: wrong\nx {text}") in ("wrong", UNREADABLE)


@pytest.mark.parametrize("text", ["no, ", "it is ", "answer of x ", "it is really ", ". ", "\n"])
def test_degenerate_text_below_a_conclusion_ends(text):
    assert verdict_of(f"Conclusion: wrong\nx {text * (40_000 // len(text))} y") == "wrong"
