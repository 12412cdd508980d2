"""The review page while others write too: another tab, a text editor, a server that ends. Nothing is overwritten."""

from __future__ import annotations

from typing import Any

import pytest
from browser import browsing, opened
from review_page import WHO, Served, claims_of, drafted, project, put, reviewed
from test_review_browser import Open, a_claim, at, begin, problem, refusals, said
from waiting import until

from pipeline.decisions import FILE

__all__ = ["browsing", "drafted", "opened", "project", "reviewed"]

# The page no longer looks at the files by itself.
STILL = """void (window.fetch = (real => (path, ...rest) =>
    path === '/api/stamp' ? new Promise(() => 0) : real(path, ...rest))(window.fetch))"""
# No time passes for the page: what changes has changed a moment ago, however slow the machine is.
STOPPED = "(now => { performance.now = () => now; })(performance.now())"


def look(page: Any) -> None:
    """The page looks at the files now, and not only when its time comes."""
    page.evaluate("watch()")


def test_another_tab_decided_meanwhile(reviewed: Served, opened: Open) -> None:
    a, b = begin(reviewed, opened), begin(reviewed, opened)
    b.fill("#reviewer", "B. Reader")
    b.keyboard.press("Enter")
    b.evaluate(STILL)
    b.wait_for_timeout(500)  # what was asked before is answered
    first = at(b)
    a.keyboard.press("a")
    said(a, "Approved.")
    b.keyboard.press("r")
    b.keyboard.type("Too late.")
    b.keyboard.press("Control+Enter")
    problem(b, "has changed since it was shown")
    assert [(each.decision, each.reviewer) for each in reviewed.on(first)] == [("approve", WHO)]
    assert at(b) == first
    assert f"approve by {WHO}" in b.inner_text("#claim .decisions")  # as it is now
    refusals(b, 409)
    b.keyboard.press("r")
    b.keyboard.press("Control+Enter")
    said(b, "Rejected.")
    assert {each.decision for each in reviewed.on(first)} == {"approve", "reject"}


def test_a_tab_sees_what_another_decided(reviewed: Served, opened: Open) -> None:
    a, b = begin(reviewed, opened), begin(reviewed, opened)
    first = at(b)
    b.evaluate(STOPPED)
    a.keyboard.press("a")
    said(a, "Approved.")
    problem(b, "changed or decided on elsewhere")
    b.keyboard.press("a")  # meant for what stood there a moment ago
    problem(b, "has just changed")
    assert len(reviewed.on(first)) == 1
    assert "1 of" in b.inner_text("#tally")
    assert "approved" in b.inner_text("#claim .badge")
    a.keyboard.press("a")
    said(a, "Approved. 2 of")
    look(b)
    said(b, "changed on disk")  # not the claim before B: no alarm
    assert at(b) == first


def test_what_is_decided_is_what_the_dialog_was_opened_on(reviewed: Served, opened: Open) -> None:
    page = begin(reviewed, opened)
    claim = a_claim(reviewed, page)
    page.keyboard.press("r")
    page.keyboard.type("Not what the paper says.")
    reviewed.change("profile.yaml", lambda data: claims_of(data)[claim].update(text="Examplol was studied."))
    look(page)
    problem(page, "changed or decided on elsewhere")
    page.keyboard.press("Control+Enter")
    problem(page, "has changed since it was shown")
    assert reviewed.decisions == ()
    refusals(page, 409)


def test_focus_and_open_parts_stay_where_they_are(reviewed: Served, opened: Open) -> None:
    page = begin(reviewed, opened)
    page.locator("#beside summary").first.click()
    page.focus("#comment")
    last = reviewed.waiting()[-1]
    reviewed.desk.decide(last, "comment", "B. Reader", reviewed.profile.provenance.date, note="Read.")
    look(page)
    said(page, "changed on disk")
    assert page.evaluate("document.activeElement.id") == "comment"
    assert page.locator("#beside details").first.get_attribute("open") is not None


def test_files_that_are_written_by_hand_are_read(reviewed: Served, opened: Open) -> None:
    page = begin(reviewed, opened)
    claim = a_claim(reviewed, page)
    reviewed.change("profile.yaml", lambda data: claims_of(data)[claim].update(text="Examplol was studied."))
    look(page)
    page.locator("#claim-text", has_text="Examplol was studied.").wait_for()
    version = reviewed.desk.open().standings[claim].version
    who = "reviewer: B. Reader, date: 2026-11-19, note: By hand."
    line = f"{{claim: {claim}, decision: reject, hash: '{version}', {who}}}"
    put(reviewed.place / FILE, f"decisions:\n- {line}\n")
    look(page)
    page.locator("#claim .decisions", has_text="By hand.").wait_for()
    assert "rejected" in page.inner_text("#claim .badge")
    page.keyboard.press("u")
    page.wait_for_timeout(100)
    assert [each.note for each in reviewed.decisions] == ["By hand."]  # nothing of this sitting, so nothing is undone


def test_a_step_is_not_taken_back_over_what_came_after(reviewed: Served, opened: Open) -> None:
    page = begin(reviewed, opened)
    page.keyboard.press("a")
    said(page, "Approved.")
    text = (reviewed.place / FILE).read_text("utf-8").replace(f"reviewer: {WHO}", "reviewer: B. Reader")
    put(reviewed.place / FILE, text)
    page.keyboard.press("u")
    problem(page, "The files have changed since that step".lower()[4:])
    assert [each.reviewer for each in reviewed.decisions] == ["B. Reader"]
    refusals(page, 409)


@pytest.mark.parametrize("gone", [False, True])
def test_typed_words_are_not_lost(reviewed: Served, opened: Open, gone: bool) -> None:
    page = begin(reviewed, opened)
    claim = a_claim(reviewed, page)
    page.keyboard.press("e")
    page.fill("#edited", "My own words.")

    def change(data: Any) -> None:
        if gone:
            for section in data["sections"]:
                section["claims"] = [each for each in section.get("claims", ()) if each["id"] != claim]
        else:
            claims_of(data)[claim]["text"] = "Examplol was studied."

    reviewed.change("profile.yaml", change)
    look(page)
    page.locator("#overtaken", has_text="no longer in the profile" if gone else "Examplol was studied.").wait_for()
    assert page.input_value("#edited") == "My own words."
    page.keyboard.press("Control+Enter")
    if gone:
        problem(page, "has changed since it was shown")
        assert page.input_value("#edited") == "My own words."
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        page.wait_for_selector("#approve")
        page.seen.errors.clear()
    else:  # what stands there now was shown beside the words: to save is to put them in its place
        said(page, "Saved.")
        assert reviewed.words(claim) == "My own words."


def test_saving_over_what_was_not_shown_is_refused(reviewed: Served, opened: Open) -> None:
    page = begin(reviewed, opened)
    claim = a_claim(reviewed, page)
    page.evaluate(STILL)
    page.wait_for_timeout(500)
    page.keyboard.press("e")
    page.fill("#edited", "My own words.")
    reviewed.change("profile.yaml", lambda data: claims_of(data)[claim].update(text="Examplol was studied."))
    page.keyboard.press("Control+Enter")
    page.locator("#overtaken", has_text="Examplol was studied.").wait_for()
    assert reviewed.words(claim) == "Examplol was studied."
    assert page.input_value("#edited") == "My own words."
    page.seen.errors.clear()


@pytest.mark.parametrize("first", [False, True])
def test_a_broken_profile_is_said_and_recovers(reviewed: Served, opened: Open, first: bool) -> None:
    path = reviewed.place / "profile.yaml"
    whole = path.read_text("utf-8")
    if not first:
        page = begin(reviewed, opened)
    put(path, "name: [examplol\n")
    if first:
        page = opened(reviewed.url)
    look(page)
    problem(page, "profiles/examplol/profile.yaml:")
    shown = page.inner_text("body")
    assert "Traceback" not in shown
    assert str(reviewed.root) not in shown
    if not first:
        page.keyboard.press("a")
        problem(page, "mend the file")
    assert reviewed.decisions == ()
    put(path, whole)
    look(page)
    page.wait_for_selector("#problem", state="hidden")
    page.wait_for_selector("#approve")
    assert {error.partition("status of ")[2][:3] for error in page.seen.errors} == {"422"}
    page.seen.errors.clear()
    page.keyboard.press("a")
    said(page, "Approved.")


def test_a_server_that_ends_is_said(reviewed: Served, opened: Open) -> None:
    page = begin(reviewed, opened)
    reviewed.stop()
    page.keyboard.press("a")
    problem(page, "does not answer")
    assert page.seen.errors
    assert all("net::ERR_" in error for error in page.seen.errors)
    page.seen.errors.clear()
    assert reviewed.decisions == ()


def test_what_was_decided_on_and_changed_waits_again(reviewed: Served, opened: Open) -> None:
    page = begin(reviewed, opened)
    claim = a_claim(reviewed, page)
    page.keyboard.press("a")
    said(page, "Approved.")
    reviewed.change("profile.yaml", lambda data: claims_of(data)[claim].update(text="It was another thing."))
    page.evaluate("watch()")
    until(lambda: "1 stale" in page.inner_text("#tally"))
    page.select_option("#filter", "stale")
    page.click(f'[data-id="{claim}"]')
    assert "it no longer counts" in page.inner_text("#claim .decisions")
    assert "stale" in page.inner_text("#claim .badge")
