"""What the program does for a user: a module a command."""
