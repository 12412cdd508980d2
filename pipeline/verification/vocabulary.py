"""The words by which a claim may differ from its source and still say the same, and those by which it may not.

General research English as data; the drugs in it are common comparators, and no table knows a compound under study.
"""

from __future__ import annotations

import re

from pipeline.directions.words import stem, stems
from pipeline.text import any_of

# Prose about research and the degrees of things: adding or dropping one of these changes nothing that can be checked.
HARMLESS = stems(
    """
    able about according account achieve across act action addition additional additionally administer administered
    administration after again aim allocate allocated along also although among amount analyse analysed analyses
    analysis analyze analyzed another appear appeared apply approximately arm around article as assess assessed
    assessment assign assigned associate associated association assessed author average baseline based become began
    begin behalf being between both brief briefly calculated caption carried case category cause certain change
    changes clear clearly clinical clinically close collected collection combined combining common commonly compare
    compared comparing comparison complete completed comprise comprised concerning conclude concluded conclusion
    condition conditions conduct conducted consecutive consider considered consist consisted contain continue course
    current currently data date defined definite degree demonstrate demonstrated demonstrates demonstrating describe
    described despite detect detected determine determined develop developed did different directly display displayed
    document documented done during effect effectively either employ employed end endpoint enroll enrolled
    enrol enrolment entire especially estimate estimated et al evaluate evaluated evaluation event evidence evident
    examine examined example exhibit exhibited experience experienced experiment explore explored exposed exposure
    extent fact factor favour find finding findings first five follow followed following follow-up form found four
    further furthermore general generally give given group groups had half have having highly however identified
    identify illustrate illustrated importance important importantly include included includes including indeed
    indicate indicated indicates individual individuals initial instead interest interestingly intervention
    interventions investigate investigated investigation investigator investigators involve involved involving
    itself just kind known large last later least length level levels likewise mainly make man many mark marked
    markedly mean means measure measured measurement measurements measures meanwhile median method methods moreover
    namely nearly need new nonetheless notable notably note noted number obtain obtained occur occurred occurrence
    occurring once ongoing only onset order other outcome outcomes overall own paper part partial particular
    particularly patients participant participants per percentage percent perform performed period periods phase
    plus point points population populations possible possess present presented previous primarily primary prior
    procedure produce produced profile prospectively provide provided publish published quantity question range
    ranged ranging rate rates rather reach reached receive received receiving recent recently record recorded recruit
    recruited refer regard regarding regards regimen relate related relation relationship remain remained remaining
    report reported reports represent represented required research researcher researchers respective respectively
    respondent result resulted resulting results reveal revealed reveals review same sample say scientist second see
    seem seemed seen separate serve session set seven several shown show showed shows significance significant
    significantly similarly simple since single six small sought specific specifically start started state stated
    statistical statistically status still studied studies study subject subjects subsequent subsequently such suffer
    suffering summary take taken taking target team ten term terms test tested tests then there thereafter therefore
    third this those though three throughout thus time times together told took total toward towards treat treated
    treating treatment treatments therapy trial trials trend two type undergo undergoing undergone underwent unit
    until upon use used using usual usually value values various vary via visit volunteer volunteers was week
    went were when whereas whereby which while who whole whose widely within without work worked year years yield
    yielded eight nine sixth day days dose doses dosage daily measure hour hours month months minute minutes
    whereas versus respectively consistent consistently amongst thereby hence proportion proportions rise
    course experience attained gave achieving getting got get having lead led leads leading known called named
    """.split()
)

_ROWS = """
patient participant subject individual people person volunteer persons
pain painful pains
kid child children paediatric pediatric
old elderly older
youth adolescent teenager
mouse mice murine
rat rats
tumour tumor neoplasm
cancer carcinoma malignancy malignant
heart cardiac
kidney renal
liver hepatic
lung pulmonary
brain cerebral
stomach gastric
muscle muscular
bone osseous
skin cutaneous dermal
eye ocular
blood haematic
death mortality died fatal fatality
drug medication medicine pharmaceutical
side adverse unwanted undesirable
operation surgery surgical operative operated
hospital inpatient
doctor physician clinician
tablet pill
injection injected
infusion infused
oral orally mouth
intravenous intravenously iv
subcutaneous subcutaneously sc
intramuscular intramuscularly im
placebo dummy
random randomised randomized randomly randomisation randomization
blind blinded masked
quick rapid fast
illness disease
weight bodyweight
sleep sleeping
drink drinking
smoke smoking
food feeding dietary diet nutrition
glucose sugar
need require necessary
fail failure failed fails failing
succeed success successful succeeded
respond response responder responded
survive survival survivor survived
recur recurrence recurred recurrent
grow growth grew grown
lose loss lost
bleed bleeding bled haemorrhage hemorrhage
injure injury injured
die death dead dying
choose choice chosen chose
strong strength
wide width
deep depth
weigh weighed
heal healing healed
hair alopecia
wean weaning weaned
tracheostomise tracheostomised tracheostomized tracheostomy
begin start commence initiate
stop discontinue cease terminate
""".strip().splitlines()
SAME_AS: dict[str, str] = {stem(word): stem(row.split()[0]) for row in _ROWS for word in row.split()}

# What people say and what papers write; each row is one thing.
_SPOKEN = """
high blood pressure / hypertension / hypertensive
low blood pressure / hypotension
heart attack / heart attacks / myocardial infarction / myocardial infarctions
stroke / strokes / cerebrovascular accident
itching / itch / pruritus
hives / urticaria
high blood sugar / hyperglycaemia / hyperglycemia
low blood sugar / hypoglycaemia / hypoglycemia
blood sugar / blood glucose / glycaemia / glycemia
kidney failure / renal failure
kidney / renal
liver / hepatic
blood clot / blood clots / thrombosis / thrombus
bleeding / haemorrhage / hemorrhage
vomiting / emesis
fever / pyrexia
swelling / oedema / edema
heartburn / gastroesophageal reflux
indigestion / dyspepsia
constipation / obstipation
hair loss / alopecia
shortness of breath / breathlessness / dyspnoea / dyspnea
high cholesterol / hypercholesterolaemia / hypercholesterolemia
underactive thyroid / hypothyroidism
overactive thyroid / hyperthyroidism
tiredness / fatigue
sleeplessness / insomnia
joint pain / arthralgia
muscle pain / myalgia
nerve pain / neuropathic pain
whooping cough / pertussis
chickenpox / varicella
shingles / herpes zoster
german measles / rubella
flu / influenza
sweating / diaphoresis / hyperhidrosis
fainting / syncope
bruising / ecchymosis
difficulty swallowing / dysphagia
cancer / carcinoma / malignancy / malignant tumour / malignant tumor
heart failure / cardiac failure
belly / abdominal / abdomen
painkillers / analgesics
water pills / diuretics
blood thinners / anticoagulants
antidepressant drugs / antidepressants
alcohol use disorder / alcohol dependence
opioid use disorder / opioid dependence
type two diabetes / type 2 diabetes
low-density lipoprotein cholesterol / ldl cholesterol
"""
_READ = [[name.strip() for name in row.split("/")] for row in _SPOKEN.strip().splitlines()]
SPOKEN = {name: frozenset({f"={row[0]}"}) for row in _READ for name in row}
LAY = re.compile(rf"(?<!\w)(?:{'|'.join(sorted(map(re.escape, SPOKEN), key=len, reverse=True))})(?!\w)", re.IGNORECASE)

# What a name of a disease or of a drug looks like, for words that the source does not hold.
CONDITION = any_of(
    r"\w{2,}(?:itis|osis|emia|aemia|oma|opathy|algia|plegia|rrh?o?ea|iasis|ectasis|penia|phobia|uria|trophy|sclerosis|ism)\b",
    r"\b(?:diseases?|syndromes?|disorders?|cancers?|tumou?rs?|infections?|injur(?:y|ies)|failure|fractures?|ulcers?|dependence|withdrawal|abuse)\b",
    r"\b(?:neuropathic|chronic|back|neck|cancer|abdominal|pelvic|postoperative|musculoskeletal) pain\b",
    r"\b(?:diabetes|hypertension|hypotension|asthma|epilepsy|stroke|migraine|headache|lupus|psoriasis|eczema|gout)\b",
    r"\b(?:depression|anxiety|insomnia|obesity|dementia|autism|glaucoma|cataract|malaria|hiv|aids|covid\S*|influenza|sepsis)\b",
    r"\b(?:alzheimer|parkinson|crohn|huntington|hodgkin|addiction|alcoholism|angina|infarction|embolism|copd|ibs|ckd|adhd)\b",
    r"\b(?:leuk[ae]mia|an[ae]mia|fibromyalgia|lymphoma|melanoma|schizophrenia|bipolar|urticaria|acne|hernia|thrombosis)\b",
)
DRUG = any_of(
    r"\b\w{3,}(?:mab|nib|pril|sartan|statin|olol|azole|cillin|mycin|micin|floxacin|vir|tidine|prazole|oxetine|azepam|zolam)\b",
    r"\b\w{3,}(?:triptan|setron|gliptin|gliflozin|glutide|formin|thiazide|semide|dipine|parin|xaban|gatran|caine|curium)\b",
    r"\b\w{3,}(?:barbital|profen|oxicam|coxib|sone|solone|onide|phylline|terol|tropium|lukast|trexone|orphine|codone|fentanil)\b",
    r"\b\w{3,}(?:triptyline|ipramine|azine|peridol|apine|idone|piprazole|bazam|gabalin|bapentin|toin|stigmine|mantine|dopa)\b",
    r"\b(?:aspirin|insulin|ketamine|metformin|warfarin|heparin|paracetamol|acetaminophen|morphine|caffeine|lithium|digoxin)\b",
)
# Words of research prose that may be the name of an arm.
ARM_WORDS = stems("treatment intervention control controls experimental placebo active standard".split())
CONTROLS = stems(
    "placebo sham vehicle saline control controls comparator comparators usual standard waitlist untreated".split()
)
