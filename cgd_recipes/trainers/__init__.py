"""The trainers: configs built and checked, and what launches them."""
