"""Words that conclude, and words of doubt or order: what tells a stated value from a number in passing."""

from __future__ import annotations

import re

# Longer sentences are not read.
MAX_SENTENCE = 500
# The head of an item of a list.
ITEM = re.compile(r"\d+(?:\)|\.(?:\s|$))")
CONCLUDING = (
    r"(?:(?:therefore|(?:thus|so)(?!\s+(?:far|much|many|long)\b)|hence|consequently|accordingly|altogether|overall|finally|ultimately|in\s+(?:total|all|conclusion|summary|short|the\s+end)|"
    r"to\s+(?:sum\s+up|conclude|summarize)|all\s+in\s+all|(?:this|that|it|which)\s+means|it\s+follows|we\s+conclude|as\s+a\s+result|\\therefore|"
    r"por\s+lo\s+tanto|por\s+tanto|donc|daher|somit|folglich|portanto|logo|quindi|pertanto|итак|следовательно)(?!\w)|∴|因此|所以|故|よって|따라서)"
)
CONCLUDES = re.compile(rf"^\W*{CONCLUDING}", re.IGNORECASE)
# What takes a conclusion back, or makes it one of a step.
DOUBT = re.compile(
    r"\b(?:not|never|no|maybe|perhaps|possibly|probably|likely|about|around|roughly|approximately|almost|nearly|least|most|if|whether|unless|or|either|neither|than|"
    r"before|after|first|second|next|initially|originally|previously|earlier|until|already|would|could|might|may|should|can|cannot|let|suppose|assume|when|while|where|"
    r"because|since|but|however|although|except|without|another|other|step|case|wrong|incorrect|impossible|contradiction|between|"
    r"under|(?<!left )over|up\s+to|only|too|some|possible|bound|candidate|initial|original|"
    r"starting|question|page|problem|estimate|guess|intermediate|partial|"
    r"one|two|three|four|five|six|seven|eight|nine|ten|half|twice|double|dozen|an?\s+(?:hour|minute|second|day|week|month|year)|(?:need|needs|has|have)\s+to|want|wants|wanted|try|tries|tried|consider|given|per\s+cent|nobody|none|nothing|told|tells?|asked|answered|replied|previous|prior|former|"
    r"seems?|appears?|looks?|ought|meant|known|exceeds?|above|below|near|unlikely|naive|expected|textbook|calculator|wikipedia|(?:my|a|his|her)\sfriend\s(?:gets?|got|says)|answer\skey|"
    r"(?:the|an?|average|other)\sstudents?\s(?:answers?|got|finds?|found)|at\s(?:best|worst)|"
    r"hopefully|apparently|supposedly|presumably|supposed|approx|now|yet|so\s+far|start(?:s|ed)?|beg[ia]n[s]?|says?|said|claim(?:s|ed)?|thinks?|thought|believes?|"
    r"guess(?:es|ed)?|writes|wrote|checks?|checked|hope[sd]?|plans?|planned|example|instance|assumption|book|steps|cases|others)\b"
    r"|n't\b|[<>≈≠?;:…~\"\u201c\u201d]|\.\.\.|\\(?:approx|ne|neq|le|ge|sim)(?![A-Za-z])",
    re.IGNORECASE,
)
