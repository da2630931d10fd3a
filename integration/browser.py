"""Chromium without a window, for pages that must not run, load or overflow anything. It must be on PATH."""

import re
import shutil
import subprocess

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--enable-logging=stderr", "--log-level=0"),
]


def browse(page, *options: str) -> subprocess.CompletedProcess:
    """Open a page with a fresh profile."""
    assert CHROMIUM, "these tests need chromium on PATH"
    profile = page.parent / "profile"
    shutil.rmtree(profile, ignore_errors=True)
    return subprocess.run(
        [CHROMIUM, *QUIET, f"--user-data-dir={profile}", *options, page.as_uri()],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip


_FRAME = """<iframe src="{page}" style="width: {width}px; height: 900px; border: 0"></iframe>
<script>window.onload = () => {{ document.title = "wide: " + frames[0].document.documentElement.scrollWidth; }}</script>"""


def width_of(page, screen: int) -> int:
    """How wide a page becomes on a screen of a width; both in pixels. Chromium's own window cannot be as narrow as a phone."""
    frame = page.parent / "frame.html"
    frame.write_text(_FRAME.format(page=page.name, width=screen))
    dom = browse(frame, "--allow-file-access-from-files", "--window-size=1600,1000", "--dump-dom").stdout
    return int(re.search("<title>wide: ([0-9]+)</title>", dom)[1])
