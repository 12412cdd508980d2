"""The page as JSON-LD: read by a processor of its own, in the words of schema.org, and safe inside HTML."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import html5lib
import pytest
from exported import AHEAD, CHAPTER, FULL, LABEL, NOTE, RETRACTED, committed, sample
from pyld import jsonld as processor

from pipeline.models.profile import FOOTER
from pipeline.models.sources import Article
from pipeline.render.exports.jsonld import CONTEXT, embedded, graph

SCHEMA = "https://schema.org/"

# The properties of schema.org that are used, by type; those of Thing are for all.
THING = {"name", "alternateName", "description", "url", "sameAs", "identifier"}
WORK = {"author", "citation", "correction", "creativeWorkStatus", "creditText", "datePublished", "inLanguage"}
WORK |= {"isBasedOn", "isPartOf", "mainEntity", "text", "usageInfo", "version"}
OWN = {
    "MedicalWebPage": WORK | {"lastReviewed"},
    "WebPage": WORK,
    "CreativeWork": WORK,
    "ScholarlyArticle": WORK | {"pagination"},
    "Book": WORK,
    "Chapter": WORK | {"pagination"},
    "PublicationIssue": WORK | {"issueNumber"},
    "PublicationVolume": WORK | {"volumeNumber"},
    "Periodical": WORK | {"issn"},
    "Person": {"familyName", "givenName", "honorificSuffix"},
    "Organization": set(),
    "PropertyValue": {"propertyID", "value"},
    "Drug": set(),
    "Substance": set(),
}


def loader(address: str, options: dict[str, Any]) -> dict[str, Any]:
    """The context of schema.org as far as it is needed, without asking the web for it."""
    assert address == CONTEXT
    document = {"@context": {"@vocab": SCHEMA, **{name: {"@type": "@id"} for name in ("url", "sameAs")}}}
    return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": address, "document": document}


def expanded(graph: dict[str, Any]) -> dict[str, Any]:
    (page,) = processor.expand(graph, {"documentLoader": loader})
    return page


def values(node: dict[str, Any], name: str) -> list[Any]:
    return [value.get("@value", value.get("@id")) for value in node.get(SCHEMA + name, [])]


@pytest.mark.parametrize("name", ["naltrexone", "bpc-157"])
def test_every_property_is_one_of_schema_org_and_fits_its_type(name: str) -> None:
    for one in (sample(), committed(name)):
        told = graph(*one, reviewed=date(2026, 11, 1), url="https://example.org/examplol/")
        nodes = processor.flatten(told, None, {"documentLoader": loader})
        assert len(nodes) > 20
        for node in nodes:
            (kind,) = node.get("@type", [SCHEMA + "Thing"])
            used = {key.removeprefix(SCHEMA) for key in node if not key.startswith("@")}
            assert used <= THING | OWN[kind.removeprefix(SCHEMA)], kind


def test_a_processor_reads_what_the_records_say() -> None:
    page = expanded(graph(*sample(), reviewed=date(2026, 11, 1), url="https://example.org/examplol/"))
    assert page["@id"] == "https://example.org/examplol/"
    assert values(page, "lastReviewed") == ["2026-11-01"]
    assert values(page[SCHEMA + "usageInfo"][0], "text") == [FOOTER]
    (drug,) = page[SCHEMA + "mainEntity"]
    assert (drug["@type"], values(drug, "name"), values(drug, "alternateName")) == (
        [SCHEMA + "Drug"],
        ["examplol"],
        ["EX-1"],
    )
    full, retracted, _, chapter, ahead = page[SCHEMA + "citation"]
    assert full["@id"] == "https://pubmed.ncbi.nlm.nih.gov/90000001/"
    assert values(full, "name") == [FULL.title]
    assert values(full, "alternateName") == [FULL.vernacular_title]
    assert values(full, "inLanguage") == ["de"]
    assert (values(full, "datePublished"), values(full, "pagination")) == (["2020-02-29"], ["663-72"])
    assert values(full, "sameAs") == [
        "https://pubmed.ncbi.nlm.nih.gov/90000001/",
        "https://doi.org/10.1000/ab_c.1",
        "https://pmc.ncbi.nlm.nih.gov/articles/PMC9000001/",
    ]
    known = {values(one, "propertyID")[0]: values(one, "value")[0] for one in full[SCHEMA + "identifier"]}
    assert known == {"PMID": "90000001", "PMCID": "PMC9000001", "DOI": "10.1000/ab_c.1"}
    people = full[SCHEMA + "author"]
    assert [one["@type"][0].removeprefix(SCHEMA) for one in people] == ["Person", "Person", "Person", "Organization"]
    assert [values(one, "name")[0] for one in people] == [author.name for author in FULL.authors]
    assert values(people[0], "honorificSuffix") == ["Jr"]
    (issue,) = full[SCHEMA + "isPartOf"]
    (volume,) = issue[SCHEMA + "isPartOf"]
    (journal,) = volume[SCHEMA + "isPartOf"]
    assert (values(issue, "issueNumber"), values(volume, "volumeNumber")) == ([FULL.issue], [FULL.volume])
    assert (values(journal, "name"), values(journal, "issn")) == ([FULL.journal_title], [FULL.issn])
    assert values(retracted, "creativeWorkStatus") == ["Retracted"]
    assert values(retracted, "creditText") == ["Doe J, et al"]
    assert values(chapter[SCHEMA + "isPartOf"][0], "name") == [CHAPTER.journal_title]
    assert values(ahead, "correction") == ["Erratum published 2026-02 (PubMed 90000008)"]
    label, note = page[SCHEMA + "isBasedOn"]
    assert (values(label, "name"), values(label, "datePublished")) == ([LABEL.title], ["2024-03-05"])
    assert values(label, "creativeWorkStatus") == ["NO LONGER HELD BY openFDA"]
    assert (values(note, "name"), "@id" in note) == ([NOTE.title], False)


def test_only_a_day_that_is_given_is_one_of_review_and_only_a_labelled_substance_is_a_drug() -> None:
    bare = graph(*sample(RETRACTED, NOTE))
    assert bare["mainEntity"]["@type"] == "Substance"
    assert bare.keys().isdisjoint({"lastReviewed", "url", "@id"})


def test_only_what_the_shown_claims_cite_is_named() -> None:
    profile, references = sample()
    shown = [claim for claim in profile.claims if AHEAD.key in claim.id or NOTE.key in claim.id]
    told = graph(profile, references, claims=shown)
    assert [one["name"] for one in told["citation"]] == [AHEAD.title]
    assert [one["name"] for one in told["isBasedOn"]] == [NOTE.title]
    assert told["mainEntity"]["@type"] == "Drug"


def test_nothing_in_it_ends_the_script_that_holds_it() -> None:
    hostile = "</script><script>alert(1)</script><!--<script> & ]]> \u2028\u2029"
    told = graph(*sample(Article(pmid="90000001", title=hostile)))
    text = embedded(told)
    assert text.isprintable()
    assert not set("<>&") & set(text)
    assert json.loads(text) == told
    page = html5lib.parse(f'<script type="application/ld+json">{text}</script><p>after', namespaceHTMLElements=False)
    (script,) = page.iter("script")
    assert script.text == text
    assert page.find("body/p").text == "after"
