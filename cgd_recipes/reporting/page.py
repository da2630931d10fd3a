"""A page of HTML in one file: it loads nothing, runs one script of ours, and shows text of others as text.

A template extends report/frame.html.j2 and fills the block `content`; report/parts.html.j2 has macros for tables and search, and
`reporting.charts` draws. Every text is escaped. Text of rows and models also goes through `shown`.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from markupsafe import Markup

from cgd_recipes import __version__
from cgd_recipes.errors import visible
from cgd_recipes.files.shipped import data_root
from cgd_recipes.files.templates import render_page
from cgd_recipes.reporting import charts


def html_page(template: str, title: str, **values: Any) -> str:
    """A page from a template below templates/.

    Args:
        template: extends report/frame.html.j2.
        title: of the page, as it is shown.
        values: for the template, which also has `shown` (characters that would not be seen are named) and `colour` (of the n-th
            model or series).
    """
    script = (data_root() / "templates" / "report" / "report.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    frame = {"script": Markup(script), "script_sha256": digest, "version": __version__}  # noqa: S704 - our own file
    return render_page(template, title=title, shown=shown, colour=charts.colour, **frame, **values)


def shown(value: object) -> str:
    """Text of others for a page, which escapes it: characters that would not be seen are named."""
    return visible(str(value))


def encodable(text: str) -> str:
    """Text that is UTF-8: a lone surrogate becomes its escape."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
