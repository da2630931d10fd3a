"""How the text of an answer is written: LaTeX, plain text, programs; numbers, units and words in it."""
