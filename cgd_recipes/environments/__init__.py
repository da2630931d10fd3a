"""The environments that tools live in, and what is installed there."""
