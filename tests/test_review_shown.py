"""How the review page looks and reads: axe in every state, a phone, the dark, and texts that would be markup."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

import pytest
import yaml
from browser import PHONE, browsing, opened, overflow, violations
from commands import run
from examplol import NOTICE, POSITIVE, paper
from review_page import WHO, Served, change_file, claims_of, drafted, project, reviewed
from test_review_browser import Open, a_claim, begin, said

from pipeline.decisions import FILE

__all__ = ["browsing", "drafted", "opened", "project", "reviewed"]

HOSTILE = (
    "<script>window.hurt = 1</script><img src=x onerror='window.hurt = 2'> **bold** [a](javascript:window.hurt=3)"
    " {{ 7 * 7 }} &lt;b&gt; \u202eright to left\u202c \u200bzero\u200bwidth " + "unbroken" * 60
)
PIECES = (
    "<script>window.hurt = 1</script>",
    "<img src=x onerror='window.hurt = 2'>",
    "**bold**",
    "{{ 7 * 7 }}",
    "&lt;b&gt;",
)


def with_a_finding(reviewed: Served, words: str = "It cured 97% of 5,000 patients.") -> str:
    """A claim is made to say what its sentences do not, and its id given."""
    claim = next(each.item.id for each in reviewed.queue if each.item.id.endswith("-result"))
    reviewed.change("profile.yaml", lambda data: claims_of(data)[claim].update(text=words))
    return claim


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["wide", "phone"])
def test_axe_finds_nothing(reviewed: Served, opened: Open, scheme: str, size: str) -> None:
    claim = with_a_finding(reviewed)
    options = {"viewport": PHONE, "has_touch": True} if size == "phone" else {}
    page = begin(reviewed, opened, color_scheme=scheme, **options)
    found = {"start": violations(page)}
    page.select_option("#filter", "all")
    page.evaluate(f"choose('{claim}')")
    page.wait_for_selector("#claim .findings li.error")
    found["findings"] = violations(page)
    page.click("#edit")
    page.fill("#edited", "It cured everybody of 12 patients.")
    page.locator("#tried li").first.wait_for()
    found["editing"] = violations(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.click("#reject")
    found["note"] = violations(page)
    page.keyboard.type("No.")
    page.click("#note-ok")
    said(page, "Rejected.")
    page.click("#help")
    found["keys"] = violations(page)
    page.keyboard.press("Escape")
    page.evaluate(f"choose('{claim}')")
    found["rejected"] = violations(page)
    for summary in page.locator("#beside summary").all():
        summary.click()
    found["beside"] = violations(page)
    assert {state: rules for state, rules in found.items() if rules} == {}
    assert overflow(page) <= 0


def test_a_phone_decides(reviewed: Served, opened: Open) -> None:
    page = begin(reviewed, opened, viewport=PHONE, has_touch=True)
    assert overflow(page) <= 0
    first, second, *_ = reviewed.waiting()
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")  # at the end of the abstract
    for name in ("approve", "reject", "comment", "edit", "next"):
        box = page.locator(f"#{name}").bounding_box()
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= PHONE["height"]
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]
        assert box["height"] >= 40
    page.tap("#approve")
    said(page, "Approved.")
    top = page.locator("#claim .where").bounding_box()["y"]
    assert 0 <= top < PHONE["height"] / 2  # the next claim is before the eye
    assert [each.claim for each in reviewed.decisions] == [first]
    page.click("#drawer summary")
    page.click(f'[data-id="{first}"]') if page.locator(f'[data-id="{first}"]').count() else None
    a_second = page.get_attribute("#queue [aria-current=true]", "data-id")
    assert a_second == second
    page.tap("#reject")
    assert overflow(page) <= 0
    page.tap("#note button[value=no]")
    page.evaluate(f"choose('{next(c.id for c in reviewed.profile.claims)}')")
    page.tap("#edit")
    assert overflow(page) <= 0
    box = page.locator("#save").bounding_box()
    assert box["y"] + box["height"] <= PHONE["height"]


def test_the_cited_sentence_is_before_the_eye(reviewed: Served, opened: Open) -> None:
    page = begin(reviewed, opened, viewport={"width": 1280, "height": 500})
    page.select_option("#filter", "all")
    for each in reviewed.queue:
        page.evaluate(f"choose('{each.item.id}')")
        box = page.locator("#sources mark").first.bounding_box()
        assert box["y"] >= 0, each.item.id
        assert box["y"] < 500, each.item.id
        assert page.locator("#claim .where").bounding_box()["y"] >= 0, each.item.id


@pytest.fixture
def hostile(project: Path) -> Served:
    """The page, not served yet, of a profile in which name, a claim, its paper and a note are HOSTILE."""
    place = project / "profiles" / "examplol"
    claim = f"evidence/fibromyalgia/{POSITIVE}-result"
    record = paper(POSITIVE, escape(HOSTILE), [("RESULTS", f"{HOSTILE}. And a sentence.")], 2019)
    file = project / "later.xml"
    file.write_text(f"<PubmedArticleSet>{record}</PubmedArticleSet>", encoding="utf-8")
    assert run("library", "import", str(file)).status == 0

    def named(data: Any) -> None:
        data["name"] = claims_of(data)[claim]["text"] = HOSTILE
        claims_of(data)[claim]["evidence"] = [{"id": f"{POSITIVE}:1", "text": HOSTILE}]

    def titled(data: Any) -> None:
        (reference,) = [each for each in data["sources"] if each["key"] == POSITIVE]
        reference["article"]["title"] = HOSTILE

    change_file(place / "profile.yaml", named)
    change_file(place / "sources.yaml", titled)
    decision = {"claim": claim, "decision": "comment", "hash": "sha256:1", "reviewer": WHO, "date": "2026-11-19"}
    text = yaml.safe_dump({"decisions": [{**decision, "note": HOSTILE}]}, allow_unicode=True)
    (place / FILE).write_text(text, encoding="utf-8")
    return Served(project)


def test_hostile_texts_are_texts(hostile: Served, opened: Open) -> None:
    claim = f"evidence/fibromyalgia/{POSITIVE}-result"
    with hostile as served:
        for size in ({"width": 1280, "height": 900}, PHONE):
            page = begin(served, opened, viewport=size)
            page.on("dialog", lambda dialog: pytest.fail(dialog.message))
            page.evaluate(f"choose('{claim}')")
            for place in ("#claim-text", "#claim .decisions", "#sources .abstract", "#sources .reference", "h1"):
                shown = page.locator(place).first.text_content()
                assert all(piece in shown for piece in PIECES), (place, shown)
                assert not {*"\u202e\u202c\u200b"} & {*shown}, place
            page.click("#edit")
            assert "<script>" in page.input_value("#edited")
            assert overflow(page) <= 0
            page.keyboard.press("Escape")
            page.click("#reject")
            assert overflow(page) <= 0
            page.keyboard.press("Escape")
            assert page.evaluate("window.hurt") is None
            assert page.locator("main img, main script, section img, nav img, footer img").count() == 0
            assert "unbroken" in page.title()


def test_what_a_finding_is_about_is_marked(reviewed: Served, opened: Open) -> None:
    claim = with_a_finding(reviewed)
    page = begin(reviewed, opened)
    page.select_option("#filter", "error")
    assert page.locator("#queue .count.bad").count() >= 1
    page.click(f'[data-id="{claim}"]')
    assert page.is_disabled("#approve")
    assert "cannot be approved" in page.inner_text("#blocked")
    assert page.locator("#claim .findings li.error").count() >= 1
    assert a_claim(reviewed, page)


def test_a_retraction_is_said_beside_the_claim(reviewed: Served, opened: Open) -> None:
    notice = {"kind": "retraction", "role": "affected", "id": NOTICE, "date": "2023-01"}

    def retracted(data: Any) -> None:
        (reference,) = [each for each in data["sources"] if each["key"] == POSITIVE]
        reference["article"]["notices"] = [notice]

    reviewed.change("sources.yaml", retracted)
    page = begin(reviewed, opened)
    page.select_option("#filter", "all")
    page.evaluate(f"choose('evidence/fibromyalgia/{POSITIVE}-result')")
    for place in ("#claim .notices", "#sources .notices"):
        assert f"RETRACTED 2023-01 (PMID {NOTICE})" in page.inner_text(place)


def test_a_label_is_named_as_people_name_it(reviewed: Served, opened: Open) -> None:
    page = begin(reviewed, opened)
    page.select_option("#filter", "all")
    claim = next(each.item.id for each in reviewed.queue if "contraindication-" in each.item.id)
    page.evaluate(f"choose('{claim}')")
    assert "EXAMPLINE" in page.inner_text("#sources h3")
    assert page.locator("#sources mark").count() == 1
    assert "boxed warning" in page.inner_text("#sources .abstract")
