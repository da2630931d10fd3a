"""What the question says about its answer: the unit, the order, the options, the words that an answer repeats."""
