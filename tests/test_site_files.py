"""The files of the site: the same for the same profiles, nothing of others touched, nothing that loads from outside."""

from __future__ import annotations

import re
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path
from unittest.mock import patch

import pytest
import sites
from commands import HOSTILE, contents, raw, refused
from sites import here

from pipeline import placing

__all__ = ["here"]

ATOM = "{http://www.w3.org/2005/Atom}"
ATTACK = (
    "<script>alert(1)</script> [click](javascript:alert(2)) **bold** \"onload='x' </script><!-- ]]> &amp; {{ 7 * 7 }} "
    + HOSTILE
    + "\u200b\ufffe\ufdd0"
)
SHOWN = ATTACK[: -len(HOSTILE) - 4]


def test_the_same_profiles_give_the_same_bytes(here: Path) -> None:
    for number in range(10):
        sites.decide(sites.put(here, f"examplol-{number}"))
    assert "10 published" in sites.build("--base-url", "https://example.org/p", "--jobs", "2").out
    sites.build("--base-url", "https://example.org/p/", "--jobs", "1", out="again")
    assert contents(here / "site") == contents(here / "again")
    stamps = {path: path.stat().st_mtime_ns for path in (here / "site").rglob("*.html")}
    outcome = sites.build("--base-url", "https://example.org/p")
    assert "0 files written, 0 removed" in outcome.out
    assert {path: path.stat().st_mtime_ns for path in (here / "site").rglob("*.html")} == stamps


def test_a_profile_that_is_gone_goes_and_nothing_else(here: Path) -> None:
    sites.decide(sites.put(here))
    sites.decide(sites.put(here, "other"))
    sites.build()
    site = here / "site"
    (site / "CNAME").write_text("example.org", "utf-8")
    (site / "other" / "mine.txt").write_text("mine", "utf-8")
    shutil.rmtree(here / "profiles" / "other")
    shutil.rmtree(here / "profiles" / "examplol")
    assert "6 removed" in sites.build().out
    left = {name for name in contents(site) if "/" in name or name == "CNAME"}
    assert left == {"CNAME", "other/mine.txt"}
    assert not (site / "examplol").exists()


def test_a_directory_that_no_build_made_is_refused(here: Path) -> None:
    sites.decide(sites.put(here))
    (here / "papers").mkdir()
    (here / "papers" / "thesis.txt").write_text("years of work", "utf-8")
    before = contents(here / "papers")
    assert "papers holds files that no build wrote" in refused(sites.build(out="papers"))
    refused(sites.build(out="."))
    refused(sites.build(out="profiles"))
    refused(sites.build(out="papers/thesis.txt"))
    assert contents(here / "papers") == before


def test_a_file_in_the_way_is_not_written_over(here: Path) -> None:
    sites.decide(sites.put(here))
    sites.build()
    sites.decide(sites.put(here, "other"))
    mine = here / "site" / "other" / "index.html"
    mine.parent.mkdir()
    mine.write_text("mine", "utf-8")
    before = contents(here / "site")
    assert "exists, and no build wrote it" in refused(sites.build())
    assert contents(here / "site") == before


def test_a_list_that_names_files_outside_is_refused(here: Path) -> None:
    sites.build()
    victim = here / "victim.txt"
    victim.write_text("x", "utf-8")
    (here / "site" / placing.MANIFEST).write_text('{"files": ["../victim.txt"]}', "utf-8")
    assert "outside" in refused(sites.build())
    (here / "site" / placing.MANIFEST).write_text("{", "utf-8")
    refused(sites.build())
    assert victim.exists()


def test_a_build_that_was_killed_is_finished_by_the_next(here: Path) -> None:
    sites.decide(sites.put(here))
    replace, moved = Path.replace, []

    def killed(self: Path, target: Path) -> None:
        moved.append(target)
        if len(moved) > 4:
            raise KeyboardInterrupt
        replace(self, target)

    with patch.object(Path, "replace", killed):
        assert sites.build().status == 2
    assert (here / "site" / "examplol").exists()
    (here / "site" / placing.STAGE).mkdir()
    assert "1 published" in sites.build().out
    sites.build(out="whole")
    assert contents(here / "site") == contents(here / "whole")


def test_a_profile_that_cannot_be_read_leaves_the_site_as_it_is(here: Path) -> None:
    sites.decide(sites.put(here))
    sites.build()
    before = contents(here / "site")
    other = sites.put(here, "other")
    (other / "profile.yaml").write_text("name: [", "utf-8")
    assert "profile.yaml" in refused(sites.build())
    assert contents(here / "site") == before


@pytest.mark.parametrize(
    "address", ["example.org", "ftp://example.org", "javascript:alert(1)", "https://e.org/?q=1", "https://"]
)
def test_what_is_no_address_of_a_site_is_refused(here: Path, address: str) -> None:
    refused(sites.build("--base-url", address))


def test_the_map_of_the_site_needs_its_address(here: Path) -> None:
    sites.decide(sites.put(here))
    sites.build()
    assert not (here / "site" / "sitemap.xml").exists()
    sites.build("--base-url", "https://example.org/profiles")
    tree = ET.fromstring((here / "site" / "sitemap.xml").read_text("utf-8"))
    assert [each.text for each in tree.iter() if each.tag.endswith("loc")] == [
        "https://example.org/profiles/",
        "https://example.org/profiles/examplol/",
    ]
    assert 'href="https://example.org/profiles/examplol/"' in sites.page()
    assert "Sitemap: https://example.org/profiles/sitemap.xml" in (here / "site" / "robots.txt").read_text("utf-8")


def test_what_sources_say_is_text_everywhere(here: Path) -> None:
    sentence = f"Pain fell. {ATTACK}"
    directory = sites.put(
        here,
        claims=[{"text": f"Claimed {ATTACK}", "evidence": {"90000001:1": sentence}}],
        doses=[{**sites.DOSE, "dose": f"Dosed {ATTACK}"}],
        titles={"90000001": f"Titled {ATTACK}"},
        name=f"Named {ATTACK}",
        tagline=f"Lined {ATTACK}",
        aliases=(f"Called {ATTACK}",),
        notices={"90000001": [{"kind": "retraction", "role": "affected", "id": ATTACK, "date": ATTACK}]},
        uncited=[{"source": '10.1000/x"><script>alert(3)</script>', "reason": f"because {ATTACK}"}],
        points=[
            {"source": "90000001", "row": ATTACK, "year": 2020, "n": 9, "design": "case report", "direction": "mixed"}
        ],
    )
    sites.decide(directory)
    assert "1 published" in sites.build("--base-url", "https://example.org").out
    page = sites.page()
    said = sites.words(page)
    for start in ("Claimed", "Titled", "Named", "Lined", "Called", "Pain fell.", "because", "Dosed"):
        assert f"{start} {SHOWN}" in said
    tree = sites.parsed(page)
    scripts = {str(each.get("src") or each.get("type")).partition("?")[0] for each in tree.iter("script")}
    assert scripts == {"../page.js", "application/ld+json"}
    assert not [name for each in tree.iter() for name in each.attrib if name.startswith("on") or name == "style"]
    files = contents(here / "site")
    assert {name for name, found in files.items() if raw(found.decode())} == set()
    index = sites.words(files["index.html"].decode())
    assert f"Named {SHOWN}" in index
    assert sites.data()[0]["names"][1].startswith(f"Called {SHOWN}")
    feed = ET.fromstring(files["feed.xml"].decode())
    titles = [each.text or "" for each in feed.iter(f"{ATOM}title")]
    assert any(f"Named {SHOWN}" in title for title in titles)


def test_nothing_is_loaded_from_outside(here: Path) -> None:
    sites.decide(sites.put(here))
    sites.build("--base-url", "https://example.org")
    for page in (here / "site").rglob("*.html"):
        tree = sites.parsed(page.read_text("utf-8"))
        loaded = [each.get("src") for each in tree.iter() if each.get("src")]
        loaded += [each.get("href") for each in tree.iter("link") if each.get("rel") in ("stylesheet", "icon")]
        assert loaded
        assert [each for each in loaded if ":" in each and not each.startswith("data:,")] == []
        for link in tree.iter("a"):
            href = link.get("href")
            assert re.match(r"https://|#|\.\./|[\w-]+/index\.html|feed\.xml|studies\.json", href)
            assert not href.startswith("https://") or link.get("rel") == "noopener"
        policy = tree.find(".//meta[@http-equiv='Content-Security-Policy']").get("content")
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
    for name in ("style.css", "page.js"):
        text = (here / "site" / name).read_text("utf-8")
        assert not re.search(r"https?://|@import|url\(", text)


def test_the_feed_is_atom_with_ids_that_stay(here: Path) -> None:
    sites.decide(sites.put(here))
    sites.decide(sites.put(here, "other"), day=sites.DAY.replace(day=9))
    sites.build()
    first = ET.fromstring((here / "site" / "feed.xml").read_text("utf-8"))
    entries = first.findall(f"{ATOM}entry")
    assert [each.findtext(f"{ATOM}title") for each in entries] == ["Other: approved", "Examplol: approved"]
    assert first.findtext(f"{ATOM}updated") == "2026-11-09T00:00:00Z"
    assert first.find(f"{ATOM}author") is not None
    for each in (first, *entries):
        assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", each.findtext(f"{ATOM}id") or "")
    sites.build("--base-url", "https://example.org")
    again = ET.fromstring((here / "site" / "feed.xml").read_text("utf-8"))
    ids = [[each.text for each in feed.iter(f"{ATOM}id")] for feed in (first, again)]
    assert ids[0] == ids[1]
    assert again.find(f"{ATOM}entry/{ATOM}link").get("href") == "https://example.org/other/index.html"  # type: ignore[union-attr]


def test_a_name_that_leaves_the_site_is_refused(here: Path) -> None:
    directory = sites.put(here)
    sites.decide(directory)
    directory.rename(here / "profiles" / "Not A Slug")
    assert "has no name of a profile" in refused(sites.build())
