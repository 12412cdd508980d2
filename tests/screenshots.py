"""Makes the pictures of docs/reviewing.md: `make screenshots`.

The real page over a copy of the committed profile of naltrexone, with a fixed day and reviewer, in Chromium.
"""

from __future__ import annotations

import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import uvicorn
from browser import CHROMIUM, FLAGS
from pictures import few_colours
from playwright.sync_api import sync_playwright

from pipeline.config import Settings
from pipeline.decisions import State, by_risk
from pipeline.review.desk import Desk
from pipeline.review.serving import HOST, application

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
COMPOUND, WHO, DAY, TOKEN = "naltrexone", "A. Pharmacist", date(2026, 11, 20), "token"
WIDE, PHONE = {"width": 1200, "height": 800}, {"width": 390, "height": 844}
CLAIM = "evidence/fibromyalgia/38258677-result"
TRUE, FALSE = "in 99 women", "in 109 women"
APPROVED = 12  # claims that are decided on before the first picture


@contextmanager
def served(desk: Desk) -> Iterator[str]:
    """The address of the page, for as long as the block lasts."""
    taken = socket.create_server((HOST, 0))
    port = taken.getsockname()[1]
    app = application(desk, TOKEN, port, WHO, lambda: DAY)
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", access_log=False, lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield f"http://{HOST}:{port}/?token={TOKEN}"
    server.should_exit = server.force_exit = True
    thread.join()
    taken.close()


@contextmanager
def shown(browser: Any, url: str, claim: str, **options: Any) -> Iterator[Any]:
    """The page in a window of its own, at a claim."""
    context = browser.new_context(reduced_motion="reduce", **options)
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto(url)
    page.wait_for_selector("#claim-title", state="attached")
    page.evaluate("claim => choose(claim)", claim)
    page.evaluate("document.fonts.ready")
    yield page
    context.close()


def kept(page: Any, name: str) -> None:
    """The window as it is, as a file of docs/images."""
    page.evaluate("getSelection().removeAllRanges()")
    page.evaluate("document.querySelector('#queue [aria-current=\"true\"]')?.scrollIntoView({block: 'center'})")
    page.evaluate("scrollTo(0, 0)")
    (IMAGES / name).write_bytes(few_colours(page.screenshot(animations="disabled", caret="hide")))


def typed_wrong(page: Any) -> None:
    """Open the editor and type a number that no sentence has; the rules answer."""
    page.keyboard.press("e")
    box = page.locator("#edited")
    text = box.input_value()
    assert TRUE in text
    box.fill(text.replace(TRUE, FALSE))
    page.locator("#tried .compare").first.wait_for()
    box.evaluate("box => { box.scrollTop = 0; }")


def main() -> None:
    """Make all pictures anew."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as root:
        shutil.copytree(ROOT / "profiles" / COMPOUND, Path(root) / "profiles" / COMPOUND)
        (Path(root) / "profiles" / COMPOUND / "review.yaml").unlink(missing_ok=True)
        desk = Desk(COMPOUND, Settings(root=Path(root), library=Path(root) / ".library" / "library.sqlite"))
        waits = [each.item.id for each in by_risk(desk.open().standings.values()) if each.state is State.OPEN]
        desk.decide_all(waits[:APPROVED], "approve", WHO, DAY)
        with served(desk) as url, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=str(CHROMIUM), args=[*FLAGS, "--disable-lcd-text", "--force-color-profile=srgb"]
            )
            with shown(browser, url, CLAIM, viewport=WIDE, color_scheme="light") as page:
                kept(page, "review-claim.png")
                typed_wrong(page)
                kept(page, "review-edit.png")
            with shown(browser, url, CLAIM, viewport=PHONE, color_scheme="dark") as page:
                kept(page, "review-phone.png")
            text = desk.open().standings[CLAIM].item.words
            desk.edit(CLAIM, text.replace(TRUE, FALSE), None, WHO, DAY)
            with shown(browser, url, CLAIM, viewport=WIDE, color_scheme="light") as page:
                page.select_option("#filter", "error")
                kept(page, "review-findings.png")
            browser.close()


if __name__ == "__main__":
    main()
