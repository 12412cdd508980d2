"""The review page in a real browser: every decision ends in review.yaml, and nothing is decided that was not read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from browser import browsing, opened
from review_page import WHO, Served, drafted, project, reviewed

from pipeline.decisions import dump_decisions

__all__ = ["browsing", "drafted", "opened", "project", "reviewed"]

Open = Callable[..., Any]


def at(page: Any) -> str:
    """The id of the claim that is shown."""
    return str(page.locator("#queue [aria-current=true]").get_attribute("data-id"))


def said(page: Any, words: str) -> None:
    """What is announced without moving the focus comes to hold some words."""
    page.locator("#said", has_text=words).wait_for(state="attached")


def problem(page: Any, words: str) -> None:
    """What went wrong comes to be shown."""
    page.locator("#problem", has_text=words).wait_for()


def refusals(page: Any, *statuses: int) -> None:
    """The only errors that the console has are answers of these kinds; they are taken from what ends the test."""
    kinds = [error.partition("status of ")[2][:3] for error in page.seen.errors]
    assert {*kinds} == {str(status) for status in statuses}, page.seen.errors
    page.seen.errors.clear()


def begin(reviewed: Served, opened: Open, **options: Any) -> Any:
    page = opened(reviewed.url, **options)
    page.wait_for_selector("#approve")
    return page


def a_claim(reviewed: Served, page: Any, role: str = "result") -> str:
    """Show a claim that can be edited, in the list of all."""
    found = next(each.item.id for each in reviewed.queue if each.item.id.endswith(f"-{role}"))
    page.select_option("#filter", "all")
    page.click(f'[data-id="{found}"]')
    return found


def test_approving_goes_on_and_writes_a_line(reviewed: Served, opened: Open) -> None:
    page = begin(reviewed, opened)
    first, second, *_ = reviewed.waiting()
    assert at(page) == first
    page.keyboard.press("a")
    said(page, "Approved. 1 of")
    assert at(page) == second
    (decision,) = reviewed.decisions
    assert (decision.claim, decision.decision, decision.reviewer) == (first, "approve", WHO)
    assert decision.hash == reviewed.desk.open().standings[first].version
    page.keyboard.press("u")
    said(page, "taken back")
    assert at(page) == first
    assert reviewed.decisions == ()
    assert (reviewed.place / "review.yaml").read_text() == dump_decisions(())


@pytest.mark.parametrize("reason", ["", "The dose is that of another arm."])
def test_rejecting_with_and_without_a_reason(reviewed: Served, opened: Open, reason: str) -> None:
    page = begin(reviewed, opened)
    first, second, *_ = reviewed.waiting()
    words = page.inner_text("#queue [aria-current=true] .words")
    page.keyboard.press("r")
    assert words.rstrip("…")[:40] in page.inner_text("#note-claim")
    page.keyboard.type(reason)
    page.keyboard.press("Control+Enter")
    said(page, "Rejected.")
    assert at(page) == second
    (decision,) = reviewed.on(first)
    assert (decision.decision, decision.note) == ("reject", reason or None)
    page.select_option("#filter", "rejected")
    page.click(f'[data-id="{first}"]')
    assert "rejected" in page.inner_text("#claim .badge")
    assert reason in page.inner_text("#claim .decisions")
    page.click("#undo")
    said(page, "taken back")
    assert reviewed.decisions == ()


def test_a_dialog_that_is_left_decides_nothing(reviewed: Served, opened: Open) -> None:
    page = begin(reviewed, opened)
    for key, leave in (("r", "Escape"), ("c", "Escape"), ("r", "Cancel")):
        page.keyboard.press(key)
        page.keyboard.type("a reason")
        page.keyboard.press("Escape") if leave == "Escape" else page.click("dialog[open] button[value=no]")
        page.wait_for_selector("dialog[open]", state="detached")
    page.keyboard.press("c")
    page.keyboard.press("Control+Enter")  # a comment that says nothing is not kept
    assert page.locator("dialog[open]").count() == 1
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "claim-title"
    assert reviewed.decisions == ()


def test_a_comment_is_kept_and_the_claim_still_waits(reviewed: Served, opened: Open) -> None:
    page = begin(reviewed, opened)
    first = at(page)
    for words in ("Which salt?", "And which route?"):
        page.keyboard.press("c")
        page.keyboard.type(words)
        page.keyboard.press("Control+Enter")
        page.locator("#claim .decisions", has_text=words).wait_for()
    assert at(page) == first
    assert [each.note for each in reviewed.on(first)] == ["Which salt?", "And which route?"]
    assert first in reviewed.waiting()
    page.keyboard.press("u")
    said(page, "taken back")
    assert [each.note for each in reviewed.on(first)] == ["Which salt?"]


def test_an_edit_runs_the_rules_and_is_written_and_undone(reviewed: Served, opened: Open) -> None:
    page = begin(reviewed, opened)
    claim = a_claim(reviewed, page)
    before = {name: (reviewed.place / name).read_bytes() for name in ("profile.yaml", "profile.md")}
    words = reviewed.words(claim)
    page.keyboard.press("e")
    assert page.evaluate("document.activeElement.id") == "edited"
    assert page.input_value("#edited") == words
    page.fill("#edited", f"{words} It cured 97% of 5,000 patients.")
    page.locator("#tried li.error").first.wait_for()
    page.keyboard.press("Control+Enter")
    said(page, "Saved.")
    assert reviewed.words(claim).endswith("5,000 patients.")
    assert "5,000 patients" in (reviewed.place / "profile.md").read_text("utf-8")
    assert [each.decision for each in reviewed.on(claim)] == ["edit"]
    assert page.is_disabled("#approve")
    page.keyboard.press("a")
    problem(page, "An error stands against this claim.")
    assert [each.decision for each in reviewed.on(claim)] == ["edit"]
    page.keyboard.press("u")
    said(page, "taken back")
    assert {name: (reviewed.place / name).read_bytes() for name in before} == before
    assert reviewed.decisions == ()
    assert page.inner_text("#claim-text") == words


def test_the_sentences_of_a_claim_are_ticked(reviewed: Served, opened: Open) -> None:
    page = begin(reviewed, opened)
    claim = a_claim(reviewed, page)
    cited = {q.id for q in next(c for c in reviewed.profile.claims if c.id == claim).evidence}
    page.keyboard.press("e")
    boxes = page.locator("#sources input")
    ticked = {b.get_attribute("data-id") for b in boxes.all() if b.is_checked()}
    assert ticked == cited
    other = next(b for b in boxes.all() if not b.is_checked())
    added = str(other.get_attribute("data-id"))
    other.check()
    page.click("#save")
    said(page, "Saved.")
    assert {q.id for q in next(c for c in reviewed.profile.claims if c.id == claim).evidence} == {*cited, added}
    page.keyboard.press("e")
    for box in boxes.all():
        box.uncheck()
    page.locator("#tried", has_text="floats").wait_for()  # the rules say so before anything is saved
    page.click("#save")
    problem(page, "floats")
    assert page.locator("#edited").count() == 1
    refusals(page, 422)


def test_an_edit_is_left_at_the_second_time(reviewed: Served, opened: Open) -> None:
    page = begin(reviewed, opened)
    a_claim(reviewed, page)
    page.keyboard.press("e")
    page.keyboard.press("Escape")  # nothing was typed
    page.wait_for_selector("#approve")
    page.keyboard.press("e")
    page.keyboard.type("More. ")
    page.keyboard.press("Escape")
    problem(page, "not saved")
    page.locator("#queue button").first.click()
    problem(page, "You are editing.")
    page.evaluate("document.getElementById('edited').dataset.same = 'yes'")
    page.select_option("#filter", "wait")  # the list is made anew, and what is typed is not
    assert page.get_attribute("#edited", "data-same") == "yes"
    assert "More. " in page.input_value("#edited")
    page.locator("#save").focus()
    page.keyboard.press("a")  # a single key means nothing while an edit is open
    page.keyboard.press("Escape")
    page.wait_for_selector("#approve")
    assert reviewed.decisions == ()


def test_twenty_claims_without_a_mouse(reviewed: Served, opened: Open) -> None:
    page = begin(reviewed, opened)
    waiting = reviewed.waiting()[:20]
    assert len(waiting) == 20
    for number, claim in enumerate(waiting):
        assert at(page) == claim
        assert page.evaluate("document.activeElement.id") == "claim-title"
        if number % 3 == 2:
            page.keyboard.press("r")
            page.keyboard.type("No.")
            page.keyboard.press("Control+Enter")
        elif number % 3 == 1:  # by Tab to the button and Enter
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement.id") == "approve"
            width = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
            assert float(width.removesuffix("px")) >= 2  # the focus is seen
            page.keyboard.press("Enter")
        else:
            page.keyboard.press("a")
        said(page, f" {number + 1} of ")
    assert [each.claim for each in reviewed.decisions if each.decision == "approve"] == sorted(
        claim for number, claim in enumerate(waiting) if number % 3 != 2
    )
    assert len(reviewed.decisions) == 20
    order = []
    for _ in range(5):
        page.keyboard.press("Tab")
        order.append(page.evaluate("document.activeElement.id"))
    assert [each for each in order if each != "edit"][:4] == ["approve", "reject", "comment", "next"]
    page.keyboard.press("?")
    assert page.locator("#keys[open]").count() == 1
    page.keyboard.press("Escape")
    assert page.locator("#keys[open]").count() == 0


def test_keys_can_be_switched_off_and_a_held_key_decides_once(reviewed: Served, opened: Open) -> None:
    page = begin(reviewed, opened)
    first, second, *_ = reviewed.waiting()
    page.keyboard.down("a")
    page.keyboard.down("a")
    page.keyboard.down("a")
    page.keyboard.up("a")
    said(page, "Approved. 1 of")
    page.click("#help")
    page.uncheck("#single")
    page.click("#keys button")
    page.wait_for_selector("#keys[open]", state="detached")
    for key in "arceunjk?":
        page.keyboard.press(key)
    assert at(page) == second
    assert page.locator("dialog[open]").count() == 0
    assert [each.claim for each in reviewed.decisions] == [first]
    page.reload()
    page.wait_for_selector("#approve")
    assert not page.is_checked("#single")
    page.click("#approve")
    said(page, "Approved. 2 of")


def test_a_decision_carries_a_name(project: Any, opened: Open) -> None:
    with Served(project, reviewer=None) as served:
        page = begin(served, opened)
        page.keyboard.press("a")
        problem(page, "Your name is missing.")
        page.keyboard.type("  ChatGPT ")
        page.keyboard.press("Enter")
        page.keyboard.press("a")
        problem(page, "only a person approves")
        assert served.decisions == ()
        page.fill("#reviewer", "  B.   Reader ")
        page.keyboard.press("Enter")
        page.keyboard.press("a")
        said(page, "Approved.")
        assert [each.reviewer for each in served.decisions] == ["B. Reader"]
        refusals(page, 422)


def test_two_reviewers_are_each_asked(reviewed: Served, opened: Open) -> None:
    reviewed.change("compound.yaml", lambda data: data.update(reviewers=2))
    page = begin(reviewed, opened)
    first, second, *_ = reviewed.waiting()
    page.keyboard.press("a")
    said(page, "Approved. 0 of")
    assert at(page) == second
    assert "1 waiting for another reviewer" in page.inner_text("#tally")
    page.select_option("#filter", "all")
    page.click(f'[data-id="{first}"]')
    assert "you approved it; 1 approval of 2 still needed" in page.inner_text("#claim .state")
    page.fill("#reviewer", "B. Reader")
    page.keyboard.press("Enter")
    page.keyboard.press("a")
    said(page, "Approved. 1 of")
    assert {each.reviewer for each in reviewed.on(first)} == {WHO, "B. Reader"}
