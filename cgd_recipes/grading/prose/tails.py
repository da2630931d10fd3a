"""What stands behind a conclusion and adds nothing to it: reasons, denials, comparisons, checks."""

from __future__ import annotations

import re

from cgd_recipes.grading.prose.masked import M, Masked, S

# Behind what is concluded: reasons, what it is not, what it was before, that all is done.
TAILS = tuple(
    re.compile(pattern + r"(?=[.!]?$)", re.IGNORECASE)
    for pattern in (
        rf"\s*\(and\s+(?:also\s+)?(?:the|an?)\s+(?:horizontal|vertical|slant|oblique)\s+asymptote\s+(?:(?:is|at)\s+)?{M}\)",
        rf"(?<=^{M}),?\s+for\s+(?:all|every|each|any)\s+(?:(?:positive|natural|nonnegative|non-negative)\s+)?(?:(?:integers?|numbers?)\s+)?[{M}{S}]",
        r"\s*\((?:and|while|in|for|but\s+not|not)\b(?=[^()]*\b(?:is|are|was|were|would|it|not|even|odd|of)\b)(?![^()]*\b(?:if|unless|maybe|perhaps|wrong|should)\b)[^()]*\)",
        rf"(?<=[{M}\w]),?\s+(?:since|because)\b(?:(?!,\s+(?:so|the|we|it|this)\b).)*",
        # "compared with 9 for the other", "of whom 60 walk", "18 more than the red one", "a fifth of the bill"
        rf",\s+(?:compared\s+(?:with|to)|as\s+(?:against|opposed\s+to|compared)|against|versus|of\s+(?:whom|which|these|those|them)|whereas|while|although|(?:even\s+)?though"
        rf"|ahead\s+of|followed\s+by|{M}\s+of\s+(?:whom|which)|(?:exactly\s+|just\s+)?{M}\s+(?:[a-z%]+\s+)?(?:more|fewer|less|higher|lower|longer"
        rf"|shorter|after|before|above|below|older|younger|taller|later|earlier)|(?:half|twice|double|triple|(?:an?|one|{M})\s+(?:[a-z]+\s+)?)(?:\s?of)\s(?!them\b|these\b|those\b)"
        rf"|(?:or\s+)?(?:a\s+(?:bit|little)|slightly|just|roughly|about|around|almost|nearly)\s+(?:(?:more|less|over|under|above|below|than)\s+)*{M}|with\s+(?:an?\s|{M}))[^,]*(?:,\s+(?!so|giving|leaving)[^,]*)*",
        # "and indeed 80 times 3 gives 240", "and this satisfies the equation"
        r",\s+and\s+(?=[^,]*\b(?:indeed|really|again)\b).*",
        rf",\s+and\s+(?!(?:that|this|it)\s+(?:is|makes|gives|leaves)\s+(?:[a-z]+\s+){{0,2}}{M})(?:this|that|it|in\s+fact|plugging|putting|checking|substituting|inserting)\b(?=.*\b(?:indeed|really|again|in\s+fact|satisf\w+|checks?|works?|agrees?|fits?|matches|holds|correct|true|possible|gives|is)\b).*",
        rf"(?<=[{M}\w]):\s+[^:]*{M}[^:]*{M}[^:]*",
        rf"(?<=congruent\sto\s{M})\s+\(?(?:modulo|mod)\s+{M}\)?",
        r",?\s+(?:once|as\s+soon\s+as|by\s+the\s+time)\s[^,]*",
        r",\s+(?:and|so)\s+(?:that|this|it)\s+is\s+(?:how|what|when|where|why|who|the\s+(?:number|answer|amount))\b.*",
        rf",\s+as\s+(?:computed|shown|found|calculated|above|before|it|they|we|he|she|the|each|required|desired|claimed|needed|expected|stated|its|his|her|their|there|{M}|{S})(?!\w).*",
        r",\s+(?:and|so)\s+(?:so\s+)?we(?:'re|\s+are)\s+(?:done|finished)",
        r",\s+[a-z]+\s+(?:included|excluded)",
        rf"\s+at\s+the\s+end\s+of\s+(?:the|those|these|this|that|his|her|their)\s+(?:{M}\s+)?[a-z]+",
        r"(?:(?<=years)|(?<=weeks)|(?<=months)|(?<=days)|(?<=hours)|(?<=minutes))\s+(?:before|until)\s+(?:he|she|it|they|we)\s.*",
        rf"(?<=[a-z])\s+to\s+(?:complete|finish|reach|afford|pass)\s+(?:the|his|her|their|it|its|this|that)\b[^,{M}]*",
        rf",?\s+(?:when|on|upon)\s+(?:divided|division)\s+by\s+{M}",
        rf",?\s+as\s+{S}\s+(?:grows|tends|approaches|goes|increases)\b[^,]*",
        rf",\s+(?:counting|including)\s(?![^,{M}]*\bnot\b)[^,{M}]*",
        r",\s+(?:who|whose|(?:which\s+is\s+)?(?:(?:more\s+than|just|exactly)\s+)?enough)\s.*",
        rf",\s+(?:after|within)\s+{M}\s+(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?)\b[^,]*",
        rf"(?<=[a-z{M}]),?\s+and\s+(?:it\s+)?(?:points?|acts?|is\s+directed)\s.*",
        # "twice as many as the 13 ways without it", "more than half of which goes to the bus"
        rf",\s+(?:twice|half|{M}\s+times|(?:two|three|four|five|six|seven|eight|nine|ten)\s+times)\s+as\s+(?:many|much|long|large|big|far|high)\s+as\s.*",
        rf",\s+(?:more|less)\s+than\s+(?:half|{M})\s+of\s+(?:which|whom|them)\s.*",
        r",\s+(?:just\s+)?the\s+same\s+(?:as|number|amount)\b.*",
        r",\s+which\s+(?:matches|agrees|took|completes|confirms|makes\s+sense|is\s+(?:consistent|what\s+we|the\s+(?:final\s+|required\s+|desired\s+)?(?:answer|result)|our\s+(?:final\s+)?(?:answer|result)))\b.*",
        rf"(?<={M}):\s+{M}(?:(?:,\s+(?:and\s+)?|\s+and\s+){M})*",
        rf",?\s+(?:up|down)\s+from\s+(?:[a-z]+\s+)*{M}[^,]*",
        r",\s+(?:(?:and\s+)?not|rather\s+than|instead\s+of)\s.*",
        rf"(?:(?<={M})|(?<={M}\s[a-z]))\s+and\s+not\s.*",
        r"\s+(?:rather\s+than|instead\s+of)\s.*",
        rf",\s+(?:with\s+the\s+{M}\s+repeating|where)\b.*",
        r",?\s+and\s+(?:(?:by|for|at|in)\s+)?(?:no\s+(?:other|more)|nothing\s+else|nowhere\s+else)\b.*",
        r"\s+that\s+(?:nobody|no\s+one|(?:has|have|is|are|was|were)\s+(?:not|still|yet))\b[^,]*",
        rf",\s+(?:the|a)\s+(?:(?:total|final)\s+)?(?:number|amount|total|sum|price|cost|area|length|answer|value|result)\s[^,{M}]*",
        rf";\s+(?:that|this|it)\s+is\s[^{M}]*",
        r"(?<=\sways)\s+(?:to|of|in\s+which)\s[^,]*",
        r"(?<![/^*\u00b7])\s*\((?!(?:for|if|when|in|at|only|not|but|or|and|unless|assuming|no|wait|maybe|perhaps|probably|actually|instead|wrong|should|sorry)\b)(?![^()]*\b(?:wrong|incorrect)\b)[^()]*\)",
        r",\s+(?:as\s+(?:before|above)|by\s+[A-Z]\w+(?:'s)?(?:\s\w+){0,2}|respectively|too|as\s+well)",
    )
)


# "It is 7:45 when the film is over."
CLOCK = re.compile(r"\d{1,2}:\d\d(?:\s?[ap]\.?m\.?)?", re.IGNORECASE)
WHEN = re.compile(rf"(?<={M})\s+when\s[^,{M}]*$")
# One of these is in every tail.
SIGNS = re.compile(
    r"[,(:;]|\b(?:since|because|rather|instead|once|as\s+soon|by\s+the|(?:up|down)\s+from|and|that|ways|modulo|mod|when|upon|end|before|until|complete|finish|reach|afford|pass)\b|\bfor\s+(?:all|every|each|any)\b",
    re.IGNORECASE,
)
# "Kim, who is the younger one, is 13."
INSERTED = re.compile(r"(?<=\w),\s+(?:who|which|whose)\s[^,]*,(?=\s)|,\s+(?:who|whose)\s[^,]*(?=[.!]?$)")
COMPLETE = re.compile(r"\b(?:is|was|are|were)\s+(?:an?\s|the\s|[A-Z]|(?:therefore\s|thus\s)?[a-z]+$)")


def _says_something(before: str, tail: str) -> bool:
    """Whether a clause states something before its tail."""
    return M in before or (before != "" and M not in tail) or COMPLETE.search(before) is not None


ADDED = re.compile(rf"(?<=[\w{M}{S}])\s{M}(?=[.!]?$)")


# "a 25% chance (5 out of 20) of", "you need 6 cups to make 48 cookies"
CHANCE_AGAIN = re.compile(rf"(?<={M})(?:\s[a-z]+)?(?P<cut>\s\({M}\))(?=\s(?:of|that)\s)")
PURPOSE = re.compile(
    rf"\b(?:needs?|uses?|requires?|takes?)\s{M}[^,{M}]*?(?P<cut>\sto\s(?:make|get|bake|cook|serve|feed|fill|cover)\s{M}[^,{M}]*)(?=[.!]?$)"
)
IN_PARENTHESES = re.compile(r"\([^(),]*\)")


def without_tails(main: Masked) -> Masked:
    """A clause without its insertions, reasons and remarks."""
    if main.values and CLOCK.fullmatch(main.values[-1].strip()) and (match := WHEN.search(main.text)):
        main = main.part(0, match.start())
    while match := INSERTED.search(main.text):
        main = main.replaced(*match.span())
    for pattern in (CHANCE_AGAIN, PURPOSE):
        if match := pattern.search(main.text):
            main = main.replaced(*match.span("cut"))
    added = ADDED.search(main.text)
    if added is not None and IN_PARENTHESES.fullmatch(main.values[-1]):  # "36 books (20 + 16)"
        main = main.replaced(*added.span())
    changed = SIGNS.search(main.text) is not None
    while changed:
        changed = False
        for tail in TAILS:
            if (match := tail.search(main.text)) and _says_something(main.text[: match.start()], match[0]):
                end = main.text[match.end() :]
                main = main.part(0, match.start())
                main = main._replace(text=main.text + end)
                changed = True
    return main
