"""ms-swift, ModelScope's trainer."""
