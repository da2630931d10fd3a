"""Charts as inline SVG: no script, no network; every text in them is escaped. Colours are those of Okabe and Ito."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import ceil, log2

from markupsafe import Markup

from cgd_recipes.reporting.statistics.proportion import Interval

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#B8860B", "#56B4E9")
_DASHES = ("", "6 3", "2 3", "8 3 2 3", "1 3", "12 4")
_WIDTH, _LEFT, _RIGHT, _ROW = 480, 144, 44, 22
_LONGEST = 28  # letters of a step's name


def colour(index: int) -> str:
    """The colour of the n-th model."""
    return COLOURS[index % len(COLOURS)]


def _svg(height: float, title: str, parts: Sequence[Markup], width: int = _WIDTH) -> Markup:
    head = Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}" style="max-width:{}px">').format(
        width, ceil(height), title, round(1.3 * width)
    )
    return head + Markup("<title>{}</title>").format(title) + Markup("").join(parts) + Markup("</svg>")


def _markup(form: str, *values: object) -> Markup:
    """A piece of SVG: the form is ours, and `format` escapes the values."""
    return Markup(form).format(*values)  # noqa: S704


def _text(x: float, y: float, text: str, anchor: str = "start", size: int = 13) -> Markup:
    form = '<text x="{:.1f}" y="{:.1f}" text-anchor="{}" font-size="{}" fill="currentColor">{}</text>'
    return _markup(form, x, y, anchor, size, text)


def _line(
    x1: float, y1: float, x2: float, y2: float, stroke: str = "currentColor", width: float = 1, opacity: float = 1
) -> Markup:
    form = '<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke="{}" stroke-width="{}" opacity="{}"/>'
    return _markup(form, x1, y1, x2, y2, stroke, width, opacity)


def _short(text: str, most: int = 18) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def bars(scores: Mapping[str, Sequence[tuple[str, int, Interval]]]) -> Markup:
    """Scores with intervals, from 0 to 100 percent.

    Args:
        scores: benchmark -> (label, number of the model, score as a share).
    """
    span, y, parts = _WIDTH - _LEFT - _RIGHT, 12.0, []
    for benchmark, rows in scores.items():
        parts.append(_text(_LEFT - 8, y + 13, _short(benchmark), "end"))
        for label, index, found in rows:
            low, value, high = (_LEFT + span * min(1, max(0, bound)) for bound in (found.low, found.value, found.high))
            form = (
                '<rect x="{}" y="{:.1f}" width="{:.1f}" height="13" fill="{}" opacity="0.75"><title>{}</title></rect>'
            )
            parts.append(_markup(form, _LEFT, y + 2, max(0.5, value - _LEFT), colour(index), label))
            parts += [
                _line(low, y + 8.5, high, y + 8.5, width=2),
                _line(low, y + 4, low, y + 13),
                _line(high, y + 4, high, y + 13),
            ]
            parts.append(_text(high + 6, y + 13, f"{100 * found.value:.1f}", size=12))
            y += _ROW - 4
        y += 10
    parts = [*_grid(y, [(share / 100, f"{share}") for share in (0, 25, 50, 75, 100)]), *parts]
    return _svg(y + 22, "Scores in percent with 95 % intervals", parts)


def _grid(bottom: float, ticks: Sequence[tuple[float, str]]) -> list[Markup]:
    span = _WIDTH - _LEFT - _RIGHT
    parts = []
    for share, label in ticks:
        x = _LEFT + span * share
        parts += [_line(x, 4, x, bottom, opacity=0.2), _text(x, bottom + 16, label, "middle", 12)]
    return parts


def forest(changes: Sequence[tuple[str, Interval, bool]]) -> Markup:
    """Differences with intervals about 0.

    Args:
        changes: name, difference as a share, whether it is outside noise.
    """
    widest = max((abs(bound) for _, found, _ in changes for bound in (found.low, found.high)), default=0)
    reach = max(0.01, widest)
    step = next(size for size in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1) if reach / size <= 4 or size == 1)
    reach, span = ceil(reach / step) * step, _WIDTH - _LEFT - _RIGHT

    def place(value: float) -> float:
        return _LEFT + span * (value + reach) / (2 * reach)

    y, parts = 8.0, []
    for name, found, seen in changes:
        shade = COLOURS[0] if seen and found.value > 0 else COLOURS[1] if seen else "currentColor"
        parts += [
            _text(_LEFT - 8, y + 13, _short(name), "end"),
            _line(place(found.low), y + 9, place(found.high), y + 9, shade, 2),
        ]
        form = '<circle cx="{:.1f}" cy="{:.1f}" r="5" fill="{}" stroke="{}" stroke-width="2"/>'
        parts.append(_markup(form, place(found.value), y + 9, shade if seen else "none", shade))
        y += _ROW + 2
    counts = range(-round(reach / step), round(reach / step) + 1)
    grid = _grid(
        y, [((count * step + reach) / (2 * reach), f"{100 * count * step:+g}" if count else "0") for count in counts]
    )
    zero = _line(place(0), 4, place(0), y, width=1.5)
    return _svg(
        y + 22, "Differences in points with 95 % intervals; filled circles are outside noise", [*grid, zero, *parts]
    )


def curves(title: str, lines: Sequence[tuple[str, int, Mapping[int, Interval]]]) -> Markup:
    """pass@k over k with bands; k is spaced by its logarithm.

    Args:
        title: what is shown.
        lines: label, number of the model, k -> pass@k as a share.
    """
    width, height, left, bottom = 420, 240, 40, 210
    ks = sorted({k for _, _, points in lines for k in points})
    reach = log2(ks[-1]) if ks and ks[-1] > 1 else 1.0
    steps = {k: left + (width - left - 16) * log2(k) / reach for k in ks}
    parts = []
    for share in (0, 25, 50, 75, 100):
        y = bottom - (bottom - 14) * share / 100
        parts += [_line(left, y, width - 16, y, opacity=0.2), _text(left - 6, y + 4, str(share), "end", 12)]
    marked = [
        k for k in ks if k == ks[-1] or (k & (k - 1) == 0 and 4 * k < 3 * ks[-1])
    ]  # powers of two, but for one too near the end
    parts += [_text(steps[k], bottom + 18, str(k), "middle", 12) for k in marked]
    for label, index, points in lines:

        def at(k: int, value: float) -> str:
            return f"{steps[k]:.1f},{bottom - (bottom - 14) * value:.1f}"

        band = [at(k, found.high) for k, found in points.items()] + [
            at(k, points[k].low) for k in reversed(list(points))
        ]
        parts.append(_markup('<polygon points="{}" fill="{}" opacity="0.18"/>', " ".join(band), colour(index)))
        form = '<polyline points="{}" fill="none" stroke="{}" stroke-width="2.5" stroke-dasharray="{}"><title>{}</title></polyline>'
        line = " ".join(at(k, found.value) for k, found in points.items())
        parts.append(_markup(form, line, colour(index), _DASHES[index % len(_DASHES)], label))
    return _svg(height, title, parts, width)


def scatter(title: str, pairs: Sequence[tuple[float, float]], labels: tuple[str, str]) -> Markup:
    """Questions by the share of right samples: the baseline's to the right, the model's upwards; areas are numbers of questions."""
    size, left, top = 300, 54, 12
    span = size - left - top
    counts = Counter((round(x, 6), round(y, 6)) for x, y in pairs)
    most = max(counts.values(), default=1)
    bottom = top + span
    parts = [
        _line(left, bottom, left + span, top, opacity=0.3),
        _line(left, bottom, left + span, bottom),
        _line(left, top, left, bottom),
    ]
    for share in (0, 50, 100):
        place = span * share / 100
        parts += [
            _text(left - 14, bottom - place + 4, str(share), "end", 11),
            _text(left + place, bottom + 21, str(share), "middle", 11),
        ]
    for (x, y), count in sorted(counts.items()):
        form = '<circle cx="{:.1f}" cy="{:.1f}" r="{:.1f}" fill="{}" opacity="0.6"><title>{} questions</title></circle>'
        shade = COLOURS[0] if y > x else COLOURS[1] if y < x else "currentColor"
        parts.append(_markup(form, left + span * x, bottom - span * y, 3 + 9 * (count / most) ** 0.5, shade, count))
    parts.append(_text(left + span / 2, bottom + 38, f"right in {_short(labels[0])}", "middle", 12))
    form = '<text transform="translate(13 {:.1f}) rotate(-90)" text-anchor="middle" font-size="12" fill="currentColor">right in {}</text>'
    parts.append(_markup(form, top + span / 2, _short(labels[1])))
    return _svg(bottom + 42, title, parts, size)


def loss_curve(label: str, index: int, losses: Sequence[tuple[int, float]]) -> Markup:
    """Loss over steps; of very many, every n-th."""
    width, height, left, bottom = 460, 200, 46, 170
    kept = losses[:: max(1, len(losses) // 600)]
    top, last = max(loss for _, loss in kept) or 1, max(1, kept[-1][0])
    points = [(left + (width - left - 10) * step / last, bottom - (bottom - 12) * loss / top) for step, loss in kept]
    parts = [_line(left, bottom, width - 10, bottom), _line(left, 12, left, bottom)]
    parts += [_line(*here, *there, colour(index), 2) for here, there in pairwise(points)]
    parts += [_text(left - 6, bottom + 4, "0", "end", 12), _text(left - 6, 18, f"{top:.2f}", "end", 12)]
    parts += [_text(width - 10, bottom + 18, f"step {last:,}", "end", 12)]
    return _svg(height, f"Training loss of {label}", parts, width)


def funnel(title: str, steps: Sequence[tuple[str, int]]) -> Markup:
    """What is left after each step, as bars from the left with their numbers.

    Args:
        title: what is shown.
        steps: name of the step and how many it left, the first one being all there were.
    """
    left = max(_LEFT, 16 + 7 * min(_LONGEST, max((len(name) for name, _ in steps), default=0)))
    most, span, y, parts = max((count for _, count in steps), default=0) or 1, _WIDTH - left - 88, 8.0, []
    for number, (name, count) in enumerate(steps):
        gone = max(0, steps[number - 1][1] - count) if number else 0
        width, lost = span * count / most, span * gone / most
        form = '<rect x="{}" y="{:.1f}" width="{:.1f}" height="15" fill="{}" opacity="0.75"/>'
        parts += [
            _text(left - 8, y + 13, _short(name, _LONGEST), "end"),
            _markup(form, left, y + 1, max(1, width), COLOURS[0]),
            _text(left + width + lost + 6, y + 13, f"{count:,}", size=12),
        ]
        if gone:
            form = '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="15" fill="none" stroke="{}" stroke-dasharray="3 2"/>'
            parts.append(_markup(form, left + width, y + 1, lost, "currentColor"))
        y += _ROW
    return _svg(y + 6, title, parts)


def histogram(title: str, bins: Sequence[tuple[float, float, int]], unit: str = "", index: int = 0) -> Markup:
    """Counts in bins of equal width, with the edges below.

    Args:
        title: what is shown.
        bins: lower edge, upper edge, and how many are between them; in order.
        unit: of the edges.
        index: number of the series, for its colour.
    """
    width, left, bottom, top = 420, 46, 150, 14
    most, step = max((count for _, _, count in bins), default=0) or 1, (width - left - 12) / max(1, len(bins))
    parts = [_line(left, bottom, width - 12, bottom), _line(left, top, left, bottom)]
    parts += [_text(left - 6, bottom + 4, "0", "end", 12), _text(left - 6, top + 6, f"{most:,}", "end", 12)]
    for number, (low, high, count) in enumerate(bins):
        tall = (bottom - top) * count / most
        said = f"{count:,} from {low:g} to {high:g} {unit}"
        form = '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="{}" opacity="0.75"><title>{}</title></rect>'
        x = left + number * step
        parts.append(_markup(form, x + 0.5, bottom - tall, max(0.5, step - 1), tall, colour(index), said))
    every = max(1, ceil(len(bins) / 6))
    ticks = [(left + number * step, low) for number, (low, _, _) in enumerate(bins) if number % every == 0]
    parts += [_text(x, bottom + 17, f"{low:g}", "middle", 12) for x, low in ticks]
    if unit:
        parts.append(_text((left + width - 12) / 2, bottom + 34, unit, "middle", 12))
    return _svg(bottom + (40 if unit else 22), title, parts, width)
