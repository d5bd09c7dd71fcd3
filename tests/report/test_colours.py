"""The contrast of the page's colours in light, in dark and on paper (W3C, "WCAG 2.1", 1.4.3 and 1.4.11)."""

import re
from importlib import resources
from itertools import product

import pytest

from nnbp.report import series

TEXT, GRAPHICS = 4.5, 3.0
RGB = tuple[float, float, float]

SHEET = resources.files("nnbp.report").joinpath("colours.css").read_text("utf-8")
SCHEMES = dict(zip(("light", "dark", "paper"), re.findall(r":root \{(.*?)\}", SHEET, re.DOTALL), strict=True))


def colours(scheme: str) -> dict[str, RGB]:
    """The variables of a scheme; those that it leaves out are those of the light one."""
    found: dict[str, RGB] = {}
    for text in (SCHEMES["light"], SCHEMES[scheme]):
        for name, hexadecimal in re.findall(r"--([\w-]+): #(\w{6});", text):
            red, green, blue = bytes.fromhex(hexadecimal)
            found[name] = (red, green, blue)
        for name, red, green, blue in re.findall(r"--([\w-]+): (\d+), (\d+), (\d+);", text):
            found[name] = (int(red), int(green), int(blue))
    return found


def luminance(colour: RGB) -> float:
    parts = [c / 255 for c in colour]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(a: RGB, b: RGB) -> float:
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def over(colour: RGB, opacity: float, below: RGB) -> RGB:
    red, green, blue = (opacity * c + (1 - opacity) * b for c, b in zip(colour, below, strict=True))
    return red, green, blue


def test_the_contrast_of_known_pairs_is_right() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_text_stands_out_from_what_is_behind_it(scheme: str) -> None:
    found = colours(scheme)
    for text, behind in product(("ink", "soft", "link"), ("paper", "card")):
        assert contrast(found[text], found[behind]) >= TEXT, (text, behind)
    shades = [float(shade) for shade in re.findall(r"--shade: ([\d.]+);", SHEET)]
    assert len(shades) == 11
    for kind, shade in product(("right", "wrong"), shades):
        assert contrast(found["ink"], over(found[kind], shade, found["paper"])) >= TEXT, (kind, shade)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_lines_markers_and_the_focus_stand_out_from_the_page(scheme: str) -> None:
    found = colours(scheme)
    for name in ("faint", "focus", *(f"s{n}" for n in range(series.STYLES))):
        for behind in ("paper", "card"):
            assert contrast(found[name], found[behind]) >= GRAPHICS, (name, behind)
    assert contrast(found["s0"], found["line"]) >= GRAPHICS
    assert contrast(found["soft"], found["line"]) >= GRAPHICS


def test_every_style_has_a_colour_and_a_marker_that_no_other_has() -> None:
    names = [f"s{n}" for n in range(series.STYLES)]
    assert re.findall(r"\.series-(\d) \{ --series: var\(--s(\d)\); \}", SHEET) == [
        (n[1], n[1]) for n in names
    ]
    choice = resources.files("nnbp.report").joinpath("choice.css").read_text("utf-8")
    for place in range(series.STYLES):
        assert f"body:has(#model-{place}:checked) .of:not(.of-{place})" in choice
        assert f"body:has(#model-{place}:checked) .answer-{place}" in choice
    for scheme in SCHEMES:
        assert len({colours(scheme)[name] for name in names}) == series.STYLES
        assert len(re.findall(r"--s\d:", SCHEMES[scheme])) == series.STYLES
    assert len(set(series.SHAPES)) == series.STYLES
