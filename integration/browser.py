"""Chromium without a window, for pages that must not run, load or overflow anything. It must be on PATH."""

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
