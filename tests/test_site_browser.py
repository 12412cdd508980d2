"""The pages in a browser: the source of a statement, search, phones, colours, print; by mouse, finger and keys."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sites
from browser import PHONE, Files, browsing, opened, overflow, violations
from waiting import until

ROOT = Path(__file__).resolve().parents[1]
LONG = "Imagined pain of a kind with a name that goes on, and on, for longer than any phone is wide"
__all__ = ["browsing", "opened"]

Open = Callable[..., Any]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site: examplol, approved, with a retracted paper; the committed profiles as drafts."""
    root = tmp_path_factory.mktemp("project")
    (root / "profiles").mkdir()
    notices = {"90000002": [{"kind": "retraction", "role": "affected", "id": "90000009", "date": "2026 Nov 3"}]}
    point = {"source": "90000001", "row": LONG, "year": 2020, "n": 9, "design": "case report", "direction": "mixed"}
    directory = sites.put(root, notices=notices, points=[point], aliases=("Exämplol acid", "EXL"), tagline="Invented")
    sites.decide(directory)
    for each in (ROOT / "profiles").iterdir():
        (root / "profiles" / each.name).symlink_to(each)
    patch = pytest.MonkeyPatch()
    patch.chdir(root)
    patch.setenv("MONOGRAPH_LIBRARY", str(root / "library.sqlite"))
    assert "1 published, 2 as drafts" in sites.build("--drafts").out
    patch.undo()
    with Files(root / "site") as url:
        yield url


def profile(site: str, slug: str = "examplol") -> str:
    return f"{site}/{slug}/index.html"


def shown(page: Any) -> str:
    """What the box with the source says; empty where it is closed."""
    box = page.locator("#source")
    return " ".join(box.inner_text().split()) if box.is_visible() else ""


def test_hovering_over_a_citation_shows_the_source_sentence(site: str, opened: Open) -> None:
    page = opened(profile(site))
    assert shown(page) == ""
    page.locator("#overview ~ * .cite, main p .cite").first.hover()
    said = shown(page)
    assert "Pain fell by 30% with examplol 4 mg/day." in said
    assert "Abstract, sentence 1" in said
    assert page.locator("#source a", has_text="PMID 90000001").get_attribute("rel") == "noopener"
    page.locator("#source blockquote").hover()  # what appeared can be reached
    page.wait_for_timeout(400)
    assert shown(page)
    page.mouse.move(2, 300)
    page.locator("#source").wait_for(state="hidden")


def test_a_retracted_source_says_so_where_it_is_cited(site: str, opened: Open) -> None:
    page = opened(profile(site))
    page.locator("main p .cite").nth(1).hover()
    assert "RETRACTED 2026 Nov 3" in shown(page)
    assert page.locator(".fates").is_visible()
    page.locator(".fates a").click()
    assert page.url.endswith("#ref-90000002")


def test_a_finger_opens_a_source_and_closes_it(site: str, opened: Open) -> None:
    page = opened(profile(site), viewport=PHONE, has_touch=True, is_mobile=True)
    page.locator("main p .cite").first.tap()
    assert "Pain fell by 30%" in shown(page)
    assert "#ref" not in page.url
    box = page.locator("#source").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= PHONE["width"]
    page.locator("h1").tap()
    assert shown(page) == ""


def test_keys_reach_the_source_and_come_back(site: str, opened: Open) -> None:
    page = opened(profile(site))
    cite = page.locator("main p .cite").first
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    for _ in range(60):
        page.keyboard.press("Tab")
        if cite.evaluate("each => each === document.activeElement"):
            break
    assert "Pain fell by 30%" in shown(page)
    page.keyboard.press("Escape")
    assert shown(page) == ""
    page.keyboard.press("Enter")
    assert "Pain fell by 30%" in shown(page)
    assert page.evaluate("document.activeElement.id") == "source"
    assert violations(page) == []
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Reference"
    page.keyboard.press("Escape")
    assert shown(page) == ""
    assert cite.evaluate("each => each === document.activeElement")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.url.endswith("#ref-90000001")


def test_without_a_script_a_citation_leads_to_its_entry(site: str, opened: Open) -> None:
    page = opened(profile(site), java_script_enabled=False)
    page.locator("main p .cite").first.click()
    assert page.url.endswith("#ref-90000001")
    assert "Pain fell by 30% with examplol 4 mg/day." in page.locator("#ref-90000001").inner_text()
    page.goto(f"{site}/index.html")
    assert page.locator("#profiles > li").count() == 3
    assert not page.locator("#search").is_visible()


def test_the_search_finds_names_other_names_and_conditions(site: str, opened: Open) -> None:
    page = opened(f"{site}/index.html")

    def found() -> list[str]:
        return [each.inner_text() for each in page.locator("#profiles > li h2 a").all() if each.is_visible()]

    def search(words: str, fits: Callable[[list[str]], bool]) -> None:
        page.locator("#search").fill(words)
        until(lambda: fits(found()))

    search("LDN", lambda names: names == ["naltrexone"])
    search("examplol ACID", lambda names: names == ["Examplol"])
    search("crohn", lambda names: names == ["naltrexone"])
    hint = page.locator("#profiles .why a").first
    assert hint.inner_text() == "Crohn's disease and ulcerative colitis"
    search("pain", lambda names: names[0:1] == ["BPC-157"])
    search("nothing like it", lambda names: names == [])
    assert page.locator("#found").inner_text() == "No profile fits"
    search("", lambda names: len(names) == 3)
    search("crohn", lambda names: names == ["naltrexone"])
    page.locator("#profiles .why a").first.click()
    assert re.search(r"naltrexone/index\.html#evidence-crohn", page.url)
    assert page.locator(page.url[page.url.index("#") :]).is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, {"width": 1280, "height": 900}], ids=["phone", "wide"])
def test_every_page_is_accessible_in_both_schemes(site: str, opened: Open, scheme: str, size: dict[str, int]) -> None:
    for address in (f"{site}/index.html", profile(site), profile(site, "naltrexone"), profile(site, "bpc-157")):
        page = opened(address, viewport=size, color_scheme=scheme, reduced_motion="reduce")
        assert overflow(page) == 0
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        assert overflow(page) == 0
        assert violations(page) == []


def test_the_contents_fold_on_a_phone_and_stay_on_a_wide_screen(site: str, opened: Open) -> None:
    page = opened(profile(site, "naltrexone"), viewport=PHONE, reduced_motion="reduce")
    link = page.locator(".toc a", has_text="Doses studied")
    assert not link.is_visible()
    page.locator(".toc summary").click()
    link.click()
    assert not link.is_visible()
    page = opened(profile(site, "naltrexone"), reduced_motion="reduce")
    link = page.locator(".toc a", has_text="Doses studied")
    link.click()
    until(lambda: link.get_attribute("aria-current") == "location")
    assert link.is_visible()
    assert page.locator("#doses").bounding_box()["y"] < 200


def test_the_draft_says_so_on_every_screen(site: str, opened: Open) -> None:
    page = opened(profile(site, "naltrexone"), reduced_motion="reduce")
    page.evaluate("scrollTo({top: 9000, behavior: 'instant'})")
    assert page.locator(".draft").bounding_box()["y"] == 0
    assert page.locator(".draft").is_visible()


def test_a_link_can_be_copied(site: str, opened: Open) -> None:
    page = opened(profile(site), permissions=["clipboard-read", "clipboard-write"])
    page.locator(".head", has_text="References").hover()
    page.get_by_role("button", name="Copy link: References").click()
    page.get_by_role("status").filter(has_text="Copied").wait_for(state="attached")
    assert page.evaluate("navigator.clipboard.readText()") == f"{profile(site)}#references"


def test_a_printed_page_holds_the_addresses_and_no_navigation(site: str, opened: Open) -> None:
    page = opened(profile(site, "naltrexone"))
    page.emulate_media(media="print")
    for hidden in (".toc", "header.site", ".copy", ".anchor"):
        assert not page.locator(hidden).first.is_visible()
    link = ".references a[href^='http']"
    shown_after = page.eval_on_selector(link, "each => getComputedStyle(each, '::after').content")
    assert "attr" in shown_after or "http" in shown_after
    assert page.locator(".references ol li").first.is_visible()
    assert page.locator("footer.site").inner_text().startswith("This profile was prepared using AI-assisted")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".legend").first.is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert not page.locator("main details").first.get_attribute("open")
