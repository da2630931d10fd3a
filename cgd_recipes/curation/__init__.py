"""What is in the rows: facts are found and counted, and by them rows are kept, changed or dropped."""
