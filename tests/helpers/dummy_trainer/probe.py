"""Finds fault with every config."""

import json
import sys

print(json.dumps({"trainer": "dummy", "version": "1", "errors": [f"not on {sys.argv[2]} GPU"]}))
