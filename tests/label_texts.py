"""The invented label of the invented EXAMPLINE, in the format of openFDA: every section that is used."""

from __future__ import annotations

from typing import Any

from openfda_server import label_record, set_id

CONTRAINDICATED = (
    "EXAMPLINE is contraindicated in: patients who take imaginary opioids; patients with acute imaginary asthma;"
    " patients who have shown hypersensitivity to examplol."
)
BOXED = "EXAMPLINE can cause sudden failure of an imaginary organ."
SECTIONS = {
    "boxed_warning": [
        f"WARNING: SUDDEN IMAGINARY FAILURE {BOXED} Discontinue EXAMPLINE at the first sign [see Warnings and"
        " Precautions (5.1)] ."
    ],
    "contraindications": [
        "4 CONTRAINDICATIONS EXAMPLINE is contraindicated in: • patients who take imaginary opioids [see Warnings and"
        " Precautions (5.1)] . • patients with acute imaginary asthma ( 5.2 ) • patients who have shown"
        " hypersensitivity to examplol."
    ],
    "warnings_and_cautions": [
        "5 WARNINGS AND PRECAUTIONS 5.1 Imaginary Withdrawal Patients should not start EXAMPLINE within 9 days of an"
        " imaginary opioid. Withdrawal was seen in 14 patients. The colour of the tablets is blue. 5.2 Injury of the"
        " Liver Monitor liver enzymes before and during treatment. Avoid EXAMPLINE in patients with an imaginary liver."
        " The mechanism is not known. "
        + " ".join(f"Observation number {number} was made once in a trial." for number in range(30, 60))
    ],
    "drug_interactions": [
        "7 DRUG INTERACTIONS Avoid use with inventamab. Examplol increases exposure to fictinib by 40%. The"
        " reason is unknown to the authors. Nothing is known of other imaginary drugs. Studies were small in number."
        " Studies were short in time."
    ],
    "pregnancy": ["8.1 Pregnancy Risk Summary There are no adequate data on EXAMPLINE in pregnant women."],
    "pediatric_use": ["8.4 Pediatric Use Safety in children has not been established."],
    "use_in_specific_populations": [
        "8 USE IN SPECIFIC POPULATIONS 8.1 Pregnancy Risk Summary Not told twice. 8.6 Hepatic Impairment Reduce the"
        " dose by half in patients with mild hepatic impairment. 8.7 Renal Impairment No change of dose is needed."
    ],
    "adverse_reactions": [
        "6 ADVERSE REACTIONS 6.1 Clinical Trials Experience Trials differ in their conditions. The most common adverse"
        " reactions (incidence at least 5%) were nausea and imaginary hiccups. Table 1 Nausea 12 (10%) 6 (5%) Hiccups 8"
        " (7%) 2 (2%) Dizziness 5 (4%) 1 (1%) Three patients left a trial because of hiccups. Nausea passed in a week."
        " Hiccups passed in a day. Dizziness passed in an hour."
    ],
    "overdosage": ["10 OVERDOSAGE No overdose has been seen."],
    "indications_and_usage": ["1 INDICATIONS AND USAGE EXAMPLINE is indicated for imaginary pain in adults."],
}


def exampline(**changes: Any) -> dict[str, Any]:
    """The label of EXAMPLINE; `changes` are sections or other parts of its record."""
    return label_record(set_id(1), **{**SECTIONS, **changes})
