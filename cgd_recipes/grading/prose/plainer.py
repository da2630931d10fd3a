"""The end of a response in plainer words: without fillers, remarks of the writer and a closing sentence, "it's" for "its".

Read in this way is only what could not be read as it stands.
"""

from __future__ import annotations

import re

from cgd_recipes.grading.prose.agreed import VALUE, with_answer
from cgd_recipes.grading.prose.ending import is_remark, sentences
from cgd_recipes.grading.prose.wording import MAX_SENTENCE

MAX_BACK, MAX_MARK = 3, 100
CONCLUDES = r"(?:so|thus|hence|therefore|finally|consequently|in\s+total|in\s+conclusion|altogether)\b"
# What goes on says at most that this is the answer; no unit.
STOP = r"(?=(?:,?\s+(?:so|and)\s+(?:that|this|it)(?:['\u2019]?s|\s+is|\s+must\s+be)\s+(?:my|our|the)\s+(?:final\s+)?answer)?[.!*]*$)"
NO_UNIT = (
    r"(?:for|per|each|in|at|or|as|if|and|when|only|before|after|so|too|left|more|less|fewer|out|of|from|with|by|to)\b"
)
# "3) **So the median is 11**", the last of a list of steps
NUMBERED = re.compile(rf"^\W*\d{{1,2}}[.)]\s+(?=\W*{CONCLUDES})", re.IGNORECASE)
SPELLED = (
    (re.compile(rf"\b(?P<first>[Ii])ts\s+(?:just\s+|only\s+)?{VALUE}"), r"\g<first>t is "),
    (re.compile(rf"\b(?P<first>[Tt])hats\s+(?:just\s+|only\s+)?{VALUE}"), r"\g<first>hat is "),
    (
        re.compile(
            r"\b(?:cannot|can['\u2019]t|can\s+not|could\s+not|couldn['\u2019]t)\s+be\s+(?:anything(?:\s+else)?|any\s+(?:other\s+)?(?:value|number))\s+(?:other\s+than|but|than|except)\s+"
            rf"(?:exactly\s+)?{VALUE}"
        ),
        "is ",
    ),
    # "the count is not 13 but 12"
    (re.compile(rf"\bis\s+not\s+\S*\d\S*\s+but\s+(?:rather\s+)?{VALUE}"), "is "),
    (re.compile(r"\b(?:bc|cuz|cos|coz|b/c|'cause)\s+(?=[a-z])"), "because "),
    (re.compile(r"\bi(?='?(?:m|ve|d|ll)?\s)"), "I"),
    (re.compile(r"\bgotta\s+be\b"), "must be"),
    (re.compile(r"\b(?:the|my|our)\s+ans\b", re.IGNORECASE), "the answer"),
    # "This gives the sum as 12"
    (
        re.compile(
            r"^\W*(?:(?:so|thus|hence|therefore|and),?\s+)?(?:this|that|which|it)\s+(?:gives|yields)(?:\s+us)?\s+(?P<what>(?:the|an?)\s+[a-z][^,;=\d]{2,60}?)\s+as\s+(?=[-$\\\d*])",
            re.IGNORECASE,
        ),
        r"So \g<what> is ",
    ),
    (re.compile(rf"\b(?:is|was|equals)\s+none\s+other\s+than\s+{VALUE}"), "is "),
    (re.compile(r"(?<=\s)[\"\u201c](?P<said>-?[$\d][^\"\u201d\s]{0,30})[\"\u201d](?=[\s.,!])"), r"\g<said>"),
    # "The others are ruled out; the only one left, and so the answer, is 12."
    (
        re.compile(
            rf"^\W*(?:so\s+)?(?:all\s+)?(?:the\s+)?others?(?:\s+(?:values?|options?|choices?|cases?|numbers?|candidates?|possibilities))?\s+(?:(?:are|were|have\s+been)\s+(?:all\s+)?(?:now\s+)?(?:ruled\s+out|excluded|eliminated|impossible|gone|discarded)|fail|drop\s+out);\s+the\s+only\s+(?:one|possibility|value|candidate|number)\s+(?:that\s+is\s+)?left(?:\s+standing)?,\s+and\s+(?:so|hence|therefore)\s+the\s+answer,\s+is\s+{VALUE}",
            re.IGNORECASE,
        ),
        "The answer is ",
    ),
    # "$12$ (in pounds)"
    (
        re.compile(r"\$?(?P<said>(?<![\d.,/])\d[\d.,/]*)\$?\s\(in\s(?P<unit>[A-Za-z][A-Za-z /]{0,30})\)"),
        r"\g<said> \g<unit>",
    ),
    # "You should enter 12 as your response"
    (
        re.compile(
            rf"^\W*(?:{CONCLUDES},?\s+)?you\s+(?:should|can|may)\s+(?:now\s+)?(?:enter|submit|write|put|give)\s+{VALUE}(?P<said>\S+)\s+as\s+(?:your|the)\s+(?:final\s+)?(?:response|answer)(?=[.!*]*$)",
            re.IGNORECASE,
        ),
        r"The answer is \g<said>",
    ),
    # "That leaves 12 as the only possibility", "I got 12 both times", "You should get 12 here"
    (
        re.compile(
            rf"^\W*(?:{CONCLUDES},?\s+)?(?:that|this|which|it)\s+leaves\s+(?:us\s+with\s+)?(?:only\s+)?{VALUE}(?P<said>\S+)\s+as\s+(?:the|our)\s+(?:only|sole|unique)\s+(?:possible\s+|remaining\s+|valid\s+)?(?:possibility|option|choice|candidate|value|answer|solution|number){STOP}",
            re.IGNORECASE,
        ),
        r"The answer is \g<said>",
    ),
    (
        re.compile(
            rf"^\W*(?:{CONCLUDES},?\s+)?(?:I|we)\s+g[eo]t\s+{VALUE}(?P<said>\S+(?:\s[a-z]+)?)\s+(?:both|all\s+three)\s+times(?:\s+(?:I|we)\s+(?:worked|did|computed|calculated|checked|counted)\s+(?:it|this)(?:\s+out)?)?{STOP}",
            re.IGNORECASE,
        ),
        r"The answer is \g<said>",
    ),
    (
        re.compile(
            rf"^\W*(?:{CONCLUDES},?\s+)?you(?:['\u2019]ll|\s+will|\s+should)\s+(?:(?:now|finally|indeed)\s+)?(?:get|obtain|end\s+up\s+with|arrive\s+at)\s+{VALUE}"
            rf"(?P<said>\S+(?:\s(?!{NO_UNIT})[a-z]+){{0,2}}?)(?:\s+here)?(?=[.!*]*$)",
            re.IGNORECASE,
        ),
        r"The answer is \g<said>",
    ),
    # "My count of 15 was wrong because I left one out; the correct value is 12"
    (
        re.compile(
            r"^(?!.*\b(?:if|unless|claim\w*|think\w*|say|says|said|believe\w*|guess\w*|maybe|perhaps)\b)[^;?]{1,200};\s+(?:so\s+)?(?:the|my)\s+(?:correct|right|corrected|actual|true|proper)\s+(?:value|number|count|total|figure|result|sum|amount)\s+is\s+"
            rf"{VALUE}",
            re.IGNORECASE,
        ),
        "The correct answer is ",
    ),
    (re.compile(r"\b(?:lol|haha+|tbh|imo|btw)\b,?\s*(?=[,.!]|$)"), ""),
    # "I got 12 as my final answer"
    (
        re.compile(
            r"^(?:\W*(?:so|thus|hence|therefore|and|finally|in\s+the\s+end|from\s+(?:this|that|here|it)),?\s+)?(?:no\s+matter\b[^,\d]{1,80},\s+)?(?:I|we|it)(?:['\u2019]d|['\u2019]ll|\s+would|\s+will)?\s+(?:got?|get|have|go\s+with|going\s+with|choose|pick|take|give|submit|report|settle\s+(?:on|for)|say|put\s+down|obtain|find|read\s+off|ends?\s+(?:up\s+)?with)\s+(?P<said>\S+)\s+(?:as|for)\s+(?:my|the|our)\s+(?:(?:final\s+|correct\s+)?answer|(?:final|desired|required|sought|requested|correct)\s+(?:value|result|number|quantity))\b",
            re.IGNORECASE,
        ),
        r"The answer is \g<said>",
    ),
    (re.compile(r"^\W*(?:and\s+|so\s+)?(?P<said>[$*\\\d-]\S*)\s+it\s+is(?=\W|$)", re.IGNORECASE), r"So it is \g<said>"),
)
# "I'll go with 12."
GO_WITH = re.compile(
    rf"^\W*(?:{CONCLUDES},?\s+)?I(?:['\u2019]ll\s+go|\s+will\s+go|['\u2019]m\s+going|\s+am\s+going)\s+with\s+{VALUE}(?P<said>\S+(?:\s(?!{NO_UNIT})[a-z]+)?)(?:\s+as\s+(?:my|the)\s+(?:final\s+)?answer)?(?=[.!*]*$)",
    re.IGNORECASE,
)
# What a sentence begins with and says nothing.
FILLER = re.compile(
    r"^\W*(?:(?:(?:(?:so\s+|and\s+|well,?\s+)?there\s+(?:you|we)\s+(?:have\s+it|go)|(?:so\s+)?you\s+(?:can|may|could)\s+(?:now\s+)?(?:tell|say|write|report)(?:\s+down)?(?:\s+to)?(?:\s+(?:him|her|them|everyone|(?:your|the|my|his|her)\s+[a-z]+))?\s+that|(?:with\s+(?:this|that),\s+)?we\s+have\s+(?:now\s+|thus\s+|therefore\s+)?(?:shown|seen|proved|proven|found|established)\s+that)|yeah|yep|yes|ok(?:ay)?|well|alright|all\s+right|right|great|perfect|cool|nice|good|so\s+(?:yeah|yes|ok(?:ay)?)|done|finally|in\s+the\s+end|at\s+the\s+end|the\s+end"
    r"|that\s+is\s+to\s+say|in\s+other\s+words|put\s+differently|to\s+put\s+it\s+(?:differently|simply|plainly)|in\s+plain\s+(?:words|english)|long\s+story\s+short|bottom\s+line|interestingly(?:\s+enough)?|surprisingly|remarkably|fortunately|nicely|conveniently|of\s+course|clearly|obviously|evidently|as\s+(?:expected|required|desired|claimed|hoped)"
    r"|drum\s?roll(?:,?\s+please)?|(?:since|as|because)\s+(?:both|all|the\s+two)\s+(?:of\s+the\s+|the\s+)?(?:methods|ways|approaches|checks|results|routes|counts|calculations)\s+(?:agree|match|coincide)|putting\s+(?:it|this|that|everything)\s+(?:all\s+)?together|(?:both|all)\s+(?:of\s+the\s+|the\s+)?(?:methods|ways|approaches|checks|results|routes|counts|calculations)\s+(?:agree|match|coincide),?\s+(?:so|and|hence)"
    r"|(?:when|once|if)\s+you\s+(?:work|do|add|put|multiply|count)\s+(?:it|this|everything|them)\s+(?:all\s+)?(?:out|together|up)(?:\s+(?:one\s+by\s+one|carefully|correctly|properly))?(?:,\s+you\s+(?:will\s+)?(?:get|find|have))?"
    r"|I(?:['\u2019]m|\s+am|\s+feel)\s+(?:now\s+|quite\s+|fully\s+|very\s+)?(?:confident|certain|sure)\s+that|we\s+can\s+(?:now\s+)?(?:say|conclude|see)\s+that)\b[\s,:;.!\u2026\u2014-]+)+(?=\S)",
    re.IGNORECASE,
)
# "You asked for the area: it is 12."
ASKED = re.compile(
    r"^\W*(?:you\s+(?:asked|wanted)|the\s+(?:question|problem|task)\s+(?:asks|asked|wants|wanted)|we\s+(?:were|are)\s+asked|it\s+(?:was|is)\s+asked)\s+(?:us\s+)?(?:for|to\s+find|about|how)\b[^:;]{1,150}[:;,\u2014]\s+(?:and\s+)?(?:as\s+we\s+(?:have\s+)?(?:just\s+)?(?:seen|saw|found|shown|computed),\s+)?(?:it\s+is|it['\u2019]s|that\s+is|that['\u2019]s|this\s+is)\s+",
    re.IGNORECASE,
)
# "...which leaves us with 12", "$$S = 12,$$ which is"
LEAVES = re.compile(r"^\W*which\s+(?P<verb>leaves)\s+us\s+with\s+", re.IGNORECASE)
BEFORE_END = re.compile(r",(?=\s*(?:\$\$?|\\[\])])(?:\s+which\b|\W*$))")
END = r"(?=[\s.!)*]*$)"
OUR = r"(?:we|I|you|they|he|she|the\s+(?:problem|question|task|exercise)|it)"
# Remarks about the answer, none of which says a value or takes it back.
REMARK = re.compile(
    r"\s*(?:[,;:\u2014\u2013]|--?(?=\s)|\.\.+|(?<=[\w*$)}\]])(?=\s(?:since|because|as|in\s+the\s+end|after\s+all|in\s+total|either\s+way|both\s+ways|[iI]\s+think\s+that['\u2019]?s\s+(?:it|all))\b)|(?<=[$)\]])(?=\s+which\b))\s*(?:and\s+|so\s+|\(\s*)?(?:"
    rf"(?:which|this|that|it)\s+(?:is|was)\s+(?:exactly\s+|precisely\s+|just\s+)?(?:what|all)\s+(?:that\s+)?{OUR}\s+(?:\w+\s+){{0,2}}(?:wanted|needed|asked|wants?|asks?|needs?|looked|looking|seeking|sought|had)\b[^\d,;]*"
    rf"|(?:which|this|that|it)\s+(?:is|was)\s+what\s+was\s+(?:asked|wanted|needed|required|sought)\b[^\d,;]*"
    rf"|(?:just\s+)?(?:as|like)\s+(?:{OUR}\s+(?:wanted|needed|expected|claimed|hoped|said|asked)|expected|required|desired|claimed|requested|wanted|needed|asked|stated|promised|it\s+should(?:\s+be)?)(?:\s+(?:for|to\s+(?:find|show|prove)|by\s+the\s+(?:problem|question|task)|in\s+the\s+(?:problem|question|task)|from\s+the\s+start))?"
    r"|I\s+(?:have\s+|just\s+|also\s+)?(?:(?:double|triple)[- ]?)?(?:checked|verified|confirmed|tested|recounted)\b"
    r"(?:\s+(?:it|this|that|them|twice|again|carefully|too|myself|above|numerically|by\s+(?:hand|substitution|computer|brute\s+force|counting)|on\s+(?:a|my)\s+(?:calculator|computer)|with\s+(?:a|my)\s+calculator|the\s+(?:numbers|arithmetic|cases|steps|result|answer|signs)|every\s+(?:case|step)|all\s+(?:the\s+)?(?:cases|steps)))*"
    r"|(?:double[- ]?|triple[- ]?)?(?:checked|verified|confirmed)"
    r"(?:\s+(?:it\s+)?(?:twice|above|again|numerically|by\s+[a-z]+(?:\s+[a-z]+)?))?"
    r"|(?:with\s+)?no\s+(?:rounding|approximations?|calculator|simplification|further\s+(?:work|steps|simplification|cases))\b(?:\s+(?:is\s+|was\s+|were\s+)?(?:needed|required|necessary|used))?"
    r"|(?:independent(?:ly)?\s+of|regardless\s+of|no\s+matter|irrespective\s+of|whatever)\s+(?:what\s+|how\s+)?(?:the\s+)?(?:(?:order|choice|values?|size|position|shape|location|starting\s+(?:point|number))(?:\s+of\s+(?:the\s+)?[a-z]+|\s+in\s+which\s+(?:we|you|they)\s+[a-z]+\s+(?:the\s+)?[a-z]+|\s+we\s+(?:choose|pick|start\s+with|take))?|(?:\$?[a-z]\$?)|we\s+(?:do|choose|pick))(?:\s+is)?"
    r"|done|q\.?e\.?d\.?|finished|that['\u2019]?s\s+(?:it|all)|(?:and\s+)?(?:we(?:['\u2019]re|\s+are)|I['\u2019]?m|I\s+am)\s+(?:all\s+)?(?:done|finished)(?:\s+(?:here|now|with\s+it))?|(?:and\s+)?that(?:['\u2019]?s|\s+is)\s+(?:that|it|all|all\s+there\s+is\s+to\s+it)|full\s+stop|period|simple\s+as\s+that|easy|neat|nice|voil[a\u00e0]|hooray|phew|yay"
    r"|(?:and\s+)?nothing\s+(?:else|smaller|larger|bigger|more|less)(?:\s+(?:or|and|nor)\s+(?:smaller|larger|bigger|more|less))?\s+(?:works|fits|is\s+possible|satisfies\s+it|does|will\s+do|can\s+be)"
    r"|(?:since|because|as)\s+(?:nothing\s+else\s+(?:works|fits|is\s+possible)|(?:the\s+)?(?:all\s+)?others?\s+(?:[a-z]+\s+)?(?:cases?|options?|roots?|values?|ones?)?\s*(?:is|are|was|were)\s+(?:impossible|excluded|negative|ruled\s+out|not\s+possible|too\s+(?:big|large|small))|both\s+(?:ends|endpoints)\s+(?:count|are\s+(?:counted|included))(?:\s+(?:too|as\s+well|here))?)"
    r"|no\s+more(?:,)?\s+(?:and\s+)?no\s+(?:less|fewer)|no\s+(?:less|fewer),?\s+(?:and\s+)?no\s+more"
    r"|we\s+can\s+(?:now\s+)?stop\s+(?:here|there)\b[^\d]*|(?:which|this|that)\s+(?:completes?|finishes|concludes|ends|settles|solves)\s+(?:the\s+|our\s+|this\s+)?(?:solution|proof|problem|argument|count|calculation|question|exercise)"
    r"|(?:I['\u2019]?m|I\s+am|we['\u2019]?re|we\s+are)\s+(?:now\s+)?(?:sticking\s+with\s+(?:it|that|this)|(?:quite\s+|fully\s+|very\s+)?(?:confident|sure|certain|happy)\s+(?:that\s+(?:this|that|it)\s+is\s+(?:the\s+)?(?:right|correct)(?:\s+answer)?|(?:of|about|with|in)\s+(?:it|that|this)))"
    r"|(?:exactly\s+|just\s+)?(?:as|like)\s+(?:the\s+symmetry|in\s+the\s+[a-z]+\s+(?:case|cases|example|examples))\b[^\d,;]*|nothing\s+else\s+(?:works|fits|satisfies|will|is|does|can)\b[^\d,;]*"
    r"|(?:way|much|so\s+much|far)\s+(?:easier|simpler|harder|quicker)\s+than\s+(?:it|I|we)\b[^\d,;]*|took\s+me\s+(?:a\s+(?:while|bit|minute|moment)|(?:way\s+|far\s+|much\s+)?too\s+long|forever|ages)(?:\s+(?:to\s+(?:see|find|get|spot)\s+(?:it|this|that)|lol))?|lol|haha+|hope\s+(?:that|this|it)(?:['\u2019]?s|\s+is)?\s+(?:clear|helps|right)?[^\d,;]*"
    r"|(?:this|that|it|which)\s+is\s+the\s+only\s+(?:[a-z]+\s+)?(?:solution|root|value|one|possibility)(?:\s+(?:that\s+)?(?:fits|works|exists|satisfies\s+(?:it|this|the\s+(?:equation|conditions?))|there\s+is|in\s+(?:the|this)\s+(?:range|interval|domain)))?|(?:the|my)\s+calculator\s+(?:agrees|(?:gives|says|shows)\s+(?:the\s+same(?:\s+(?:thing|value|number|answer|result))?|so(?:\s+too)?|it\s+too))"
    r"|(?:and\s+)?the\s+(?:example|construction|configuration|arrangement|choice)s?\s+(?:[a-z]+\s+)?(?:shows?|proves?|demonstrates?)\s+that\s+(?:this|it|the)\s+(?:value\s+|bound\s+|number\s+|maximum\s+|minimum\s+)?(?:is|can\s+be)\s+(?:actually\s+|indeed\s+|really\s+)?(?:attained|achieved|reached|attainable|achievable|possible|sharp|tight|optimal)[^\d,;]*"
    r"|(?:and\s+)?(?:since|as|because)\s+(?:it|this|that)\s+(?:cannot|can['\u2019]t)\s+be\s+(?:simplified|reduced)[^\d,;]*|(?:the|both|all)\s+(?:(?!signs?\b)[a-z]+\s+){0,5}(?:coincide|agree|match|check\s+out|hold|are\s+satisfied)(?:\s+(?:there|here|exactly|perfectly))?|and\s+(?:this|it|that)\s+(?:passes|survives)\s+(?:the|every|all)\s+(?:checks?|tests?)"
    r"|in\s+the\s+end|after\s+all|either\s+way|both\s+ways|I\s+think\s+that['\u2019]?s\s+(?:it|all)"
    r"|(?:that|this|it)(?:['\u2019]?s|\s+is|\s+must\s+be)\s+(?:my|our|the)\s+(?:final\s+)?answer|nothing\s+(?:further|more|else)\s+(?:is|was)\s+(?:needed|required|necessary|left\s+to\s+do)"
    r"|(?:an?|the|my)\s+(?:[a-z]+\s+){0,2}(?:calculation|computation|check|method|approach|count|derivation|argument)\s+(?:gives|gave|yields|yielded|produces|produced|confirms|confirmed)\s+(?:exactly\s+)?(?:the\s+same(?:\s+(?:thing|answer|result|value|number))?|it|this|that)"
    r"|(?:the\s+)?(?:values?|size)\s+of\s+\$?[a-z]\$?(?:\s+(?:(?:that\s+)?(?:we|I)\s+)?(?:found|computed|obtained|used)(?:\s+(?:along\s+the\s+way|above|before|earlier|on\s+the\s+way))?)?\s+(?:is|was)\s+not\s+(?:needed|asked(?:\s+for)?|required|wanted)"
    r"|\$?[a-z]\$?\s+(?:itself\s+)?(?:is|was)\s+not\s+(?:needed|asked\s+for|required|wanted)"
    rf"){END}",
    re.IGNORECASE,
)
# "(no rounding was needed)", "(see step 4)", "(to 3 s.f.)"
IN_BRACKETS = re.compile(
    r"\s*\((?:(?:with\s+)?no\s+(?:rounding|approximations?|calculator|simplification)(?:\s+(?:is|was)\s+(?:needed|required|necessary|used))?|(?:see|from|by|cf\.?)\s+(?:the\s+)?(?:steps?|parts?|sections?|equations?|eq\.?|table|figure|line|rows?)\s+(?:\(?[\da-z]{1,2}\)?|above)"
    r"|(?:rounded\s+|correct\s+)?to\s+(?:\d|one|two|three|four)\s+(?:s\.?\s?f\.?|d\.?\s?p\.?|sig(?:nificant|\.)?\s+(?:figures|figs?\.?|digits)|decimal\s+places?|decimals)|checked\s+by\s+[a-z]+)\)(?=[\s.!*]*$)",
    re.IGNORECASE,
)
# A sentence behind the answer that only rounds it off: "Done.", "Plug it back in and both sides match."
CLOSING = re.compile(
    r"^\W*(?:done|finished|solved|easy|simple|neat|nice|voil[a\u00e0]|hooray|phew|yay|great|good|correct|excellent|perfect|all\s+good|q\.?e\.?d|that['\u2019]?s\s+(?:it|all(?:\s+of\s+(?:them|it))?|everything)|(?:and\s+)?(?:that|this)(?:['\u2019]s|\s+is)\s+(?:our|my)\s+answer|we(?:['\u2019]re|\s+are)\s+(?:all\s+)?done|problem\s+solved|end\s+of\s+(?:proof|solution))\W*$"
    r"|^\W*(?:plug|put|substitut|check|insert)\w*\s+(?:it|this|that|the\s+(?:value|answer|result)|everything)\s+(?:back\s+)?(?:in(?:to\s+the\s+[a-z]+)?\b)?[^\d?]*\b(?:match(?:es)?|agrees?|works?|holds?|checks?\s+out|balances?|equal)\W*$"
    r"|^\W*(?:we|I|let\s+me|let\s+us|let['\u2019]s)\s+(?:[a-z]+\s+){0,2}(?:double-?\s?)?check(?:ed)?\s+[^\d:?]{1,60}:\s+(?:they|it|all|both|everything|each)\s+(?:was|were|is|are|works?|holds?)\b(?![^?]*(?:\b(?:not|wrong|missing|missed|excluded|but|except)\b|n['\u2019]t\b))(?!(?:(?!\bno(?:ne|thing)\b)[^?])*\btwice\b)[^\d?:]*$"
    r"|^\(?(?:the|this|that|any|all)\s+(?:[a-z]+\s+){0,3}(?:information|details?|data|facts?|sentences?|statements?|hints?|figures|prices?|costs?|ages?|dates?|names?|colou?rs?)\b(?!.*\b(?:but|except)\b)[^()?;]*(?:\bnot|n['\u2019]t)\s+(?:actually\s+|really\s+|even\s+)?(?:needed|used|required|relevant|necessary)\.?\)?$"
    r"|^\(?(?:please\s+)?(?:don['\u2019]t|do\s+not|never)\s+forget\s+(?:the|your)\s+units?\b[^\d()?]*\)?$"
    r"|^\W*(?:both|all)\s+(?:the\s+)?(?:sides|methods|ways|checks|conditions|cases)\s+(?:match|agree|work|hold|check\s+out|are\s+satisfied|are\s+covered)\W*$",
    re.IGNORECASE,
)
WRITTEN_OVER = re.compile(
    r"\s*(?://|\*/|-->|\u25c4|(?<=[\d\"'\])}]\s)#\s*(?:done|final|answer|result)\b[^\n]*)\s*$", re.IGNORECASE
)


def plainer(text: str) -> str:
    """A trimmed text whose last sentence is put in plainer words; the text itself where it is plain."""
    tail = max(0, len(text) - MAX_MARK)
    end = text[:tail] + WRITTEN_OVER.sub("", text[tail:])
    for back, (place, sentence) in enumerate(sentences(end)):
        if back >= MAX_BACK:
            break
        if CLOSING.match(sentence):
            end = end[:place].rstrip()
            continue
        behind = end[place + len(sentence) :]
        sentence = with_answer(sentence)
        if is_remark(FILLER.sub("", sentence)) or (is_remark(sentence) and not re.search(r"\d", sentence)):
            continue
        if len(sentence) > MAX_SENTENCE:
            return text
        return end[:place] + _plainer(sentence) + behind
    return end


def without_remarks(sentence: str) -> str:
    """A sentence without remarks at its end that say nothing of its value."""
    if len(sentence) > MAX_SENTENCE:
        return sentence
    while (remark := REMARK.search(sentence)) and re.search(r"\d|\\", sentence[: remark.start()]):
        sentence = sentence[: remark.start()] + sentence[remark.end() :]
    return IN_BRACKETS.sub("", sentence)


def _plainer(sentence: str) -> str:
    sentence = NUMBERED.sub("", sentence)
    for pattern, plain in SPELLED:
        sentence = pattern.sub(plain, sentence)
    sentence = BEFORE_END.sub("", LEAVES.sub("This \\g<verb> us with ", sentence))
    sentence = ASKED.sub("It is ", FILLER.sub("So ", sentence))
    sentence = GO_WITH.sub(r"The answer is \g<said>", sentence)
    if (shorter := without_remarks(sentence)) != sentence:
        sentence = shorter if shorter[-1:] in ".!*$)" else shorter + "."
    return sentence[:1].upper() + sentence[1:]
