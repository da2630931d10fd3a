"""Whether two answers have the same value: numbers, expressions, sets, lists, quantities."""
