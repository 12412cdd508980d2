"""The words that say what happened to an outcome, and which way is good: general medical vocabulary, as data.

Words are compared by stem. None of these tables may name a compound: they are the language of results, not of a drug.
"""

from __future__ import annotations

from typing import Literal

from pipeline.directions.words import stems

# More of it is worse. Where an outcome holds words of both tables the last one decides, since English puts the head
# last: a "pain threshold" is a threshold.
BAD_IF_UP = stems(
    """
    abnormality abscess ache adhesion adverse agitation alcohol alopecia alt analgesic anemia angina anxiety
    arrhythmia arthropathy ast asthma atrophy attack autotomy bilirubin bleeding burden burning caries
    catastrophizing cigarette colitis complaint complication constipation consumption contracture cortisol cost
    cough craving creatinine crp cytokine damage death decay defect deficit degeneration delirium dementia
    dependence depression depressive deterioration diarrhea difficulty disability discomfort discontinuation disease
    disorder distress disturbance drinking dropout drowsiness dryness dysfunction dyspnea edema emesis enzyme
    erosion error erythema exacerbation exhaustion expense failure fall fatigue fear fever fibrosis fistula flare
    flinching fracture frailty glucose glycemia hardness hba1c headache hematoma hemorrhage hospitalization hunger
    hyperalgesia hyperglycemia hypertension hypoglycemia hypotension hypoxia impairment incontinence infarct
    infection inflammation injury insomnia interference irritation ischemia itch jaundice ldl lesion leukopenia
    loneliness loss malignancy mda metastasis migraine morbidity mortality mucositis nausea necrosis neutropenia
    nodule obesity overdose pain pancreatitis perforation plaque pneumonia ponv problem progression proteinuria
    pruritus psychopathology rash readmission recurrence redness reflux rejection relapse restenosis rupture scar
    sedation seizure sepsis severity shivering sickness smoking spasm spasticity stay stenosis stiffness stress
    stroke suffering suicidality swelling symptom syndrome tachycardia tenderness thrombosis tnf toxicity tremor
    triglyceride tumor ulcer urgency vertigo violence vomiting weakness wheeze withdrawal worry wound
    """.split()
)
# More of it is better.
GOOD_IF_UP = stems(
    """
    ability abstinence abstinent acceptability accuracy acuity adherence alertness appetite attainment attitude
    awareness balance biomechanics breastfeeding capacity closure cognition cognitive comfort competence compliance
    concentration confidence continence control cure density effectiveness efficacy ejection elasticity emotional
    empathy endurance energy engagement epithelialization fertility fertilization fev fitness flexibility flow
    function functioning granulation happiness hdl healing health hemoglobin histology hydration immunity
    implantation improvement independence intelligence knowledge learning lvef maturation memory mental mobility
    mood motility motivation movement muscle optimism oxygenation participation patency performance perfusion
    physical pregnancy qol quality range recovery regeneration regression relaxation relief remission repair
    resilience resolution responder response restoration retention return rom safety satisfaction saturation skill
    sleep sobriety speed stability strength success survival threshold tolerability tolerance uptake vigor vision visual
    vitality walking wellbeing
    """.split()
)
# Named scales, by the direction in which their manuals call a higher score worse, or better.
BAD_SCALES = stems(
    """
    acq adas apache bai basdai basfai bdi bprs cdai cdeis cdrs das dass deft dlqi dmft edss epds fiq fiqr fss gad
    gds hama hamd haq icdas ipss lppai madrs mayo midas mrs ndi nihss npi nprs nrs oab odi oswestry panss pasi pcdai pcl
    pdi phq poms psqi pss rdq roland scorad sledai sofa stai uas updrs vas womac ybocs ymrs zung
    """.split()
)
GOOD_SCALES = stems(
    """
    acr adcs adl aqlq asas barthel bbs eortc fact facit fim fma gaf gcs harris ibdq ikdc kccq koos lcq
    lysholm mmse moca msqol oks pedsql sf sib tegner wemwbs whodas whoqol
    """.split()
)
# Phrases whose words mislead one by one.
PHRASE_POLARITY: tuple[tuple[str, int], ...] = (
    ("load to failure", 1),
    ("load of failure", 1),
    ("load at failure", 1),
    ("disease activity", -1),
    ("physical activity", 1),
    ("insulin sensitivity", 1),
    ("weight gain", -1),
    ("blood pressure", -1),
)
TIMES = stems("time duration length latency interval".split())

Sense = Literal["up", "down", "better", "worse", "faster", "slower", "differ", "same"]


def _row(sense: Sense, words: str) -> dict[str, Sense]:
    return dict.fromkeys(words.split(), sense)


# Adjectives and adverbs that compare, alone ("higher") or as the degree of a change ("greater reduction").
COMPARATIVES: dict[str, Sense] = {
    **_row("up", "higher highest greater greatest more larger largest longer longest stronger bigger deeper heavier"),
    **_row("down", "lower lowest less lesser fewer fewest smaller smallest shorter shortest weaker milder lighter"),
    **_row("better", "better superior favorable favourable"),
    **_row("worse", "worse inferior poorer unfavorable unfavourable"),
    **_row("faster", "faster fastest quicker earlier sooner"),
    **_row("slower", "slower slowest"),
    **_row("same", "similar similarly comparable comparably equivalent equal equally identical same alike"),
    **_row("same", "unchanged unaffected unaltered"),
    **_row("differ", "different"),
}
# Forms in -ed, which describe ("reduced pain"), report ("pain was reduced") or act ("the drug reduced pain").
PARTICIPLES: dict[str, Sense] = {
    **_row(
        "up", "increased elevated raised enhanced prolonged augmented heightened doubled tripled upregulated promoted"
    ),
    **_row(
        "down", "decreased reduced diminished lowered declined dropped inhibited suppressed shortened prevented halved"
    ),
    **_row(
        "down", "counteracted abolished alleviated relieved lessened ameliorated mitigated blocked reversed opposed"
    ),
    **_row("down", "eliminated minimized minimised attenuated downregulated blunted"),
    **_row(
        "better", "improved benefited favored favoured resolved remitted cleared healed restored normalized normalised"
    ),
    **_row("worse", "worsened deteriorated aggravated exacerbated impaired"),
    **_row("faster", "accelerated"),
    **_row("slower", "slowed"),
    **_row("differ", "differed changed altered affected influenced modified"),
}
CHANGES: dict[str, Sense] = {
    **_row("up", "increase increases increasing increment increments rise rises rose risen gain gains gained grew"),
    **_row("up", "elevation elevations elevates enhance enhances enhancement prolongation prolongs prolong promotes"),
    **_row(
        "down", "decrease decreases decreasing reduction reductions reduce reduces reducing decline declines declining"
    ),
    **_row("down", "fell drop drops diminish diminishes attenuate attenuates attenuation inhibits suppresses shortens"),
    **_row(
        "down", "suppression lowers lowering prevents alleviates alleviate ameliorates ameliorate protects protected"
    ),
    **_row("down", "protection reverses reversal"),
    **_row("better", "improve improves improving improvement improvements benefit benefits beneficial favor favors"),
    **_row("better", "favour favours outperformed advantage effective"),
    **_row("worse", "worsen worsens worsening deterioration deteriorate impairs"),
    **_row("faster", "accelerate accelerates accelerating acceleration"),
    **_row("slower", "delay delays slows slowing"),
    **_row("differ", "differ differs difference differences change changes changing affect affects effect effects"),
    **_row("differ", "influence influences impact impacts alter alters modify"),
}
# Changes that are good whatever they happen to: what they are done to is the harm.
REMEDIES = frozenset(
    """
    counteracted alleviated alleviates relieved ameliorated ameliorates mitigated protected protects protection
    attenuated attenuates reversed reverses
    """.split()
)

# Rows of phrases that name one outcome; all count as the first of their row.
SYNONYMS: tuple[tuple[str, ...], ...] = (
    ("adverse", "adverse event", "adverse effect", "side effect", "adverse reaction", "unwanted effect"),
    ("mortality", "death", "died", "fatality", "dead"),
    ("hba1c", "a1c", "hb a1c", "glycated hemoglobin", "glycosylated hemoglobin", "hemoglobin a1c"),
    ("bp", "blood pressure"),
    ("qol", "quality of life", "hrqol", "health related quality of life", "life quality"),
    ("bmi", "body mass index"),
    ("weight", "body weight", "bodyweight"),
    ("rom", "range of motion", "range of movement"),
    ("time", "length", "duration"),
    ("heart rate", "pulse rate"),
    ("vas", "visual analogue scale", "visual analog scale"),
)
# Words of an outcome that name none by themselves: they count little when outcomes are matched.
GENERIC = stems(
    """
    score scale index level value mean median average rate number percentage percent proportion incidence frequency
    change difference patient participant subject people women men child children overall measure various throughout
    different measured measurement outcome result amount concentration count degree daily day week month year hour
    minute baseline time after before during point follow followup end endpoint group reduction increase decrease
    improvement decline improve significant occurrence prevalence risk test questionnaire assessment parameter variable
    ratio status event post pre final first second third per high low achieved reported terms analysis self use rating
    compared primary secondary study treatment intervention therapy
    """.split()
)
