"""Made-up profiles on a site: a project with examplol, what people decided on it, and the site as it was built."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import commands
import html5lib
import pytest
import reviews
from commands import Outcome

from pipeline.decisions import dump_decisions, items
from pipeline.models.profile import Profile, Reference
from pipeline.models.review import Decision
from pipeline.profiles import Sources, dump, read_profile, read_sources, version_of

DAY = date(2026, 11, 1)
CONTRAINDICATED = "Examplol is contraindicated in people who take imaginol."
LABEL = {"key": "label-examplol", "title": "Label of examplol", "sections": [{"kind": "x", "text": CONTRAINDICATED}]}
TRIAL = "Examplol 4 mg/day did not reduce fatigue (p = 0.61)."
SECOND = {"pmid": "90000002", "title": "Examplol and imagined fatigue", "year": 2020, "abstract": [{"text": TRIAL}]}
CLAIMS: tuple[dict[str, Any], ...] = (
    {"text": "Pain fell by 30% with examplol 4 mg/day.", "evidence": reviews.EVIDENCE},
    {"text": "Fatigue did not differ (p = 0.61).", "evidence": {"90000002:1": TRIAL}},
)
SECTIONS = {
    "evidence/pain": {
        "title": "Imagined pain",
        "note": "Nothing else is known.",
        "grade": {"level": "Gold", "direction": "no difference", "counts": "1 randomised trial"},
    },
    "safety/contraindications": {
        "title": "Contraindications",
        "claims": [
            {
                "id": "safety/contraindications/1",
                "text": CONTRAINDICATED,
                "evidence": reviews.quotations({"label-examplol:1": CONTRAINDICATED}),
            }
        ],
    },
}
DOSE = {"source": "90000001", "dose": "4 mg/day", "design": "trial", "evidence": reviews.EVIDENCE}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project without profiles, which is the working directory."""
    root = tmp_path / "project"
    (root / "profiles").mkdir(parents=True)
    monkeypatch.chdir(root)
    return root


def put(
    root: Path,
    slug: str = "examplol",
    *,
    compound: str = "",
    notices: Mapping[str, Iterable[dict[str, Any]]] | None = None,
    origin: str = "pubmed",
    titles: Mapping[str, str] | None = None,
    **changed: Any,
) -> Path:
    """Write a profile below `root`: its claims, one contraindication and one dose, changed as an example is."""
    example = {"claims": CLAIMS, "sections": SECTIONS, "sources": [SECOND, LABEL], "doses": [DOSE]}
    example |= {key: value for key, value in changed.items() if key in reviews.KEYS}
    review = reviews.review_of(example)
    said = {"slug": slug, "name": slug.title()} | {k: v for k, v in changed.items() if k not in reviews.KEYS}
    profile = review.profile.model_copy(update=said)
    sources = []
    for key, held in review.sources.items():
        reference = review.references[key]
        if "key" in type(held).model_fields:
            sources.append(Reference.model_validate({"key": key, "label": held, "hash": "sha256:1"}))
            continue
        article = held.model_dump(mode="json", exclude={"abstract"}) | {"text_origin": origin}
        article |= {"notices": list((notices or {}).get(key, ()))}
        article |= {"title": (titles or {}).get(key, article["title"])}
        sources.append(Reference.model_validate(reference.model_dump(mode="json") | {"article": article}))
    directory = root / "profiles" / slug
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "compound.yaml").write_text(f"name: {slug}\n{compound}", "utf-8")
    (directory / "profile.yaml").write_text(dump(profile), "utf-8")
    (directory / "sources.yaml").write_text(dump(Sources(sources=tuple(sources))), "utf-8")
    return directory


def profile_in(directory: Path) -> Profile:
    found = read_profile(directory)
    assert found is not None
    return found


def decide(
    directory: Path,
    *reviewers: str,
    reject: Iterable[str] = (),
    leave: Iterable[str] = (),
    day: date = DAY,
) -> None:
    """Let people approve everything as it stands, but for what they reject or leave."""
    references = read_sources(directory)
    made = [
        Decision(
            claim=item.id,
            decision="reject" if item.id in reject else "approve",
            hash=version_of(item.what, references),
            reviewer=reviewer,
            date=day,
        )
        for item in items(profile_in(directory))
        for reviewer in reviewers or ("A. Reviewer",)
        if item.id not in leave
    ]
    (directory / "review.yaml").write_text(dump_decisions(made), "utf-8")


def build(*words: str, out: str = "site") -> Outcome:
    """`monograph build` in the working directory."""
    return commands.run("build", "--out", out, *words)


def page(slug: str = "examplol", out: str = "site") -> str:
    return (Path(out) / slug / "index.html").read_text("utf-8")


def parsed(text: str) -> Any:
    """A page as a tree; a page with any fault of HTML is none."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)


def words(text: str) -> str:
    """What a page says, on one line, without what is meant for programs."""
    tree = parsed(text)
    body = tree.find("body")
    return " ".join(" ".join(body.itertext()).split())


def everything(out: str = "site") -> str:
    """All files of a site as one text."""
    return "\n".join(path.read_text("utf-8") for path in sorted(Path(out).rglob("*")) if path.is_file())


def data(out: str = "site") -> Any:
    return json.loads((Path(out) / "search.json").read_text("utf-8"))
