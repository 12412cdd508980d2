"""What the elements of a page make of the text in them: what parts it, what hides it, what is no text of the page."""

from __future__ import annotations

import re
from collections.abc import Mapping

VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
SILENT = frozenset("script style template noscript svg math iframe object textarea select canvas audio video".split())
BLOCK = frozenset(
    """
    address article aside blockquote body br caption dd details div dl dt fieldset figcaption figure footer form h1 h2
    h3 h4 h5 h6 head header hr html legend li main menu nav ol p pre section summary table tbody td tfoot th thead
    title tr ul button
    """.split()
)
LISTS = frozenset("ul ol menu".split())
HEADING = re.compile(r"h[1-6]")
# What closes an element that was left open: the tags that end it, and the one in which the search for it stops.
IMPLIED = {
    "li": ("li", "ul ol menu"),
    "dt": ("dt dd", "dl"),
    "dd": ("dt dd", "dl"),
    "tr": ("tr td th", "table"),
    "td": ("td th", "tr table"),
    "th": ("td th", "tr table"),
}
FURNITURE_TAGS = {"nav": "navigation", "button": "a button", "form": "a form"}
FURNITURE_NAMES = re.compile(
    r"(?:^|[\s_-])(share|sharing|social|newsletter|subscribe|signup|advert|advertisement|ads?|sponsor(?:ed)?|cookies?"
    r"|consent|breadcrumbs?|navbar|nav|menu|sidebar|related|promo|paywall|comments|toolbar|cart)(?=$|[\s_-])",
    re.IGNORECASE,
)
_WHITE = r"(?:white|#fff(?:fff)?|rgba?\(\s*255\s*,\s*255\s*,\s*255[^)]*\))"
HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?:\.0+)?\s*(?=;|$|!)"
    r"|font-size\s*:\s*[01](?:\.\d+)?(?:px|pt|em|rem|%)?\s*(?=;|$|!)|text-indent\s*:\s*-\d{3,}|(?:left|top)\s*:\s*-\d{4,}",
    re.IGNORECASE,
)
WHITE_TEXT = re.compile(rf"(?<![\w-])color\s*:\s*{_WHITE}", re.IGNORECASE)
BACKGROUND = re.compile(r"background(?:-color|-image)?\s*:\s*([^;]+)", re.IGNORECASE)


def hidden(attributes: Mapping[str, str | None], style: str, *, dark: bool) -> str:
    """Why nobody sees the text of an element, or nothing; `dark` where what lies behind it is not white."""
    if "hidden" in attributes or HIDING.search(style):
        return "hidden by its style"
    return "white on white" if WHITE_TEXT.search(style) and not dark else ""


def is_dark(style: str) -> bool:
    """True for a style whose background is not white."""
    background = BACKGROUND.search(style)
    return background is not None and not re.match(_WHITE, background.group(1).strip(), re.IGNORECASE)


def furniture(tag: str, attributes: Mapping[str, str | None]) -> str:
    """Why an element holds no text of the page, or nothing."""
    if tag in FURNITURE_TAGS:
        return FURNITURE_TAGS[tag]
    if tag in ("html", "body", "main", "article", "h1", "p", "a", "span", "sup"):
        return ""
    named = FURNITURE_NAMES.search(f"{attributes.get('class') or ''} {attributes.get('id') or ''}".strip())
    return f"marked as {named.group(1).lower()}" if named else ""
