"""The invented literature of the invented compound examplol: every design that a draft has to tell apart."""

from __future__ import annotations

from collections.abc import Sequence

from eutils_server import article_xml

CONDITION = "Fibromyalgia"
POSITIVE, NULL, PILOT, OPEN_LABEL, COHORT, META_ANALYSIS, CASE = (str(90_000_101 + number) for number in range(7))
RAT, IN_VITRO, PROTOCOL, RETRACTED, REVIEW, NOTICE = (str(90_000_108 + number) for number in range(6))

TREATED = f"{CONDITION}/drug therapy"
RESULT = "Pain fell more with examplol than with placebo (mean difference -1.4 points, 95% CI -2.1 to -0.7, p < 0.001)."
NULL_RESULT = "Pain did not differ between examplol and placebo at week 12 (mean difference -0.1 points, p = 0.72)."


def paper(
    pmid: str,
    title: str,
    sections: Sequence[tuple[str | None, str]],
    year: int,
    *types: str,
    mesh: Sequence[str] = (),
    author: str = "Doe",
    corrections: str = "",
) -> str:
    """A PubmedArticle with MeSH headings ("Descriptor/qualifier") and the family name of its author."""
    headings = ""
    for heading in mesh:
        descriptor, _, qualifier = heading.partition("/")
        qualified = f'<QualifierName MajorTopicYN="Y">{qualifier}</QualifierName>' if qualifier else ""
        headings += f"<MeshHeading><DescriptorName>{descriptor}</DescriptorName>{qualified}</MeshHeading>"
    xml = article_xml(pmid, title, sections, year, types=("Journal Article", *types), corrections=corrections)
    xml = xml.replace("<LastName>Doe<", f"<LastName>{author}<")
    listed = f"<MeshHeadingList>{headings}</MeshHeadingList>" if headings else ""
    return xml.replace("</MedlineCitation>", f"{listed}</MedlineCitation>")


def _linked(ref_type: str, pmid: str) -> str:
    return (
        f'<CommentsCorrections RefType="{ref_type}"><RefSource>J Invent Res. 2023;9(1):1</RefSource>'
        f'<PMID Version="1">{pmid}</PMID></CommentsCorrections>'
    )


def positive(result: str = RESULT) -> str:
    """The trial that favours examplol, with another result where given."""
    return paper(
        POSITIVE,
        "Examplol for fibromyalgia: a randomised, double-blind, placebo-controlled trial",
        [
            ("BACKGROUND", "Examplol is an invented modulator of an imagined receptor."),
            (
                "METHODS",
                "In this randomised, double-blind, placebo-controlled trial, 120 patients with fibromyalgia received"
                " oral examplol 20 mg twice daily or placebo for 12 weeks. The primary outcome was pain on a scale"
                " from 0 to 10.",
            ),
            ("RESULTS", f"{result} Nausea occurred in 12% of patients on examplol and in 5% on placebo."),
            ("CONCLUSIONS", "Examplol reduced pain in patients with fibromyalgia."),
        ],
        2019,
        "Randomized Controlled Trial",
        mesh=["Humans", TREATED],
        author="Ansel",
    )


LITERATURE = (
    positive(),
    paper(
        NULL,
        "Examplol 40 mg in fibromyalgia: a randomised placebo-controlled trial",
        [
            ("OBJECTIVE", "To test whether examplol relieves pain."),
            (
                "METHODS",
                "We randomly assigned 96 adults with fibromyalgia to examplol 40 mg/day or placebo for 12 weeks in a"
                " double-blind trial. The primary outcome was pain at week 12.",
            ),
            ("RESULTS", NULL_RESULT),
            ("CONCLUSION", "Examplol was not superior to placebo in adults with fibromyalgia."),
        ],
        2022,
        "Randomized Controlled Trial",
        mesh=["Humans", TREATED],
        author="Brandt",
    ),
    paper(
        PILOT,
        "A pilot crossover trial of examplol in fibromyalgia",
        [
            (
                None,
                "In this pilot randomised crossover trial, 14 women with fibromyalgia received examplol 10 mg/day and"
                " placebo for 4 weeks each. Fatigue improved with examplol compared with placebo (p = 0.03).",
            )
        ],
        2015,
        "Randomized Controlled Trial",
        mesh=["Humans", TREATED],
        author="Castro",
    ),
    paper(
        OPEN_LABEL,
        "Open-label examplol for sleep in fibromyalgia",
        [
            (
                "METHODS",
                "In an open-label, single-arm study, 25 patients with fibromyalgia took 10 mg nightly.",
            ),
            ("RESULTS", "Sleep quality improved after 8 weeks (p = 0.004)."),
        ],
        2014,
        "Clinical Trial",
        mesh=["Humans", TREATED],
        author="Dietz",
    ),
    paper(
        COHORT,
        "Long-term use of examplol in fibromyalgia: a retrospective cohort study",
        [
            ("METHODS", "In this retrospective cohort study we followed 210 patients with fibromyalgia for 2 years."),
            ("RESULTS", "Patients who took examplol had fewer days of sick leave than those who did not (p = 0.01)."),
        ],
        2020,
        "Observational Study",
        mesh=["Humans", TREATED],
        author="Egger",
    ),
    paper(
        META_ANALYSIS,
        "Examplol for pain: a systematic review and meta-analysis of randomised trials",
        [
            ("METHODS", "We searched three databases for randomised trials of examplol in fibromyalgia."),
            (
                "RESULTS",
                "In 3 trials with 230 participants, examplol reduced pain compared with placebo (standardised mean"
                " difference -0.31, 95% CI -0.58 to -0.04).",
            ),
        ],
        2023,
        "Meta-Analysis",
        "Systematic Review",
        mesh=["Humans", TREATED],
        author="Frank",
    ),
    paper(
        CASE,
        "Hepatitis in a woman taking examplol: a case report",
        [(None, "We report a 46-year-old woman who developed hepatitis 3 weeks after starting examplol 40 mg/day.")],
        2018,
        "Case Reports",
        mesh=["Humans", "Hepatitis/chemically induced"],
        author="Gross",
    ),
    paper(
        RAT,
        "Examplol attenuates mechanical hypersensitivity in rats",
        [
            (
                None,
                "Male Wistar rats received examplol 5 mg/kg or vehicle by intraperitoneal injection for 14 days."
                " Examplol reduced mechanical hypersensitivity compared with vehicle (p < 0.01).",
            )
        ],
        2012,
        mesh=["Animals", "Rats"],
        author="Huber",
    ),
    paper(
        IN_VITRO,
        "Examplol blocks an imagined receptor in cultured microglia",
        [(None, "Cultured microglia were exposed to examplol 1 uM in vitro. Examplol reduced cytokine release.")],
        2011,
        mesh=["Cells, Cultured"],
        author="Ito",
    ),
    paper(
        PROTOCOL,
        "Examplol in fibromyalgia: study protocol for a randomised controlled trial",
        [(None, "This protocol describes a trial that will randomise 300 adults with fibromyalgia to examplol.")],
        2025,
        "Clinical Trial Protocol",
        mesh=["Humans", TREATED],
        author="Jung",
    ),
    paper(
        RETRACTED,
        "Examplol abolishes pain in fibromyalgia: a randomised trial",
        [
            ("METHODS", "In this randomised trial 400 patients with fibromyalgia received examplol 80 mg/day."),
            ("RESULTS", "All patients on examplol were free of pain (p < 0.0001)."),
        ],
        2021,
        "Randomized Controlled Trial",
        "Retracted Publication",
        mesh=["Humans", TREATED],
        author="Klein",
        corrections=_linked("RetractionIn", NOTICE),
    ),
    paper(
        REVIEW,
        "Examplol: what is known of an invented compound",
        [(None, "This narrative review covers examplol. The authors propose that it acts on an imagined receptor.")],
        2024,
        "Review",
        author="Lang",
    ),
    paper(
        NOTICE,
        "Retraction: Examplol abolishes pain in fibromyalgia",
        [],
        2023,
        "Retraction of Publication",
        author="Klein",
        corrections=_linked("RetractionOf", RETRACTED),
    ),
)


def fillers(count: int) -> list[str]:
    """Further records that a search for examplol finds, without abstracts."""
    return [article_xml(str(90_001_000 + number), f"Letter {number} on examplol") for number in range(count)]
