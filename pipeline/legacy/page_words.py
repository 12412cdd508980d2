"""The words by which the parts of a page are told apart: furniture, placeholders, disclaimers, lists of references."""

from __future__ import annotations

import re

from pipeline.text import any_of

LONGEST_FURNITURE = 160

REFERENCES = re.compile(
    r"(?:\d+\.?\s*)?(?:(?:selected |key |scientific |cited |medical )?(?:references?|bibliography|citations"
    r"|sources|literature"
    r"|literature cited|works cited|cited (?:works|literature|studies)|notes and references"
    r"|references and (?:notes|sources|further reading)"
    r"|sources and references|footnotes|endnotes|further reading|studies cited)(?: \(\d+\)| list)?)\s*:?",
    re.IGNORECASE,
)
ENTRY = re.compile(
    r"(?:19|20)\d{2}[a-z]?\s*(?:[A-Z][a-z]{2}\w*\s*\d{0,2})?\s*[;:).,]|\bet al\b|\bdoi\b|\bPMID\b|https?://\S+"
    r"|^[A-Z][\w'’-]+,? [A-Z]{1,3}[,.]",
    re.IGNORECASE,
)

FURNITURE = any_of(
    r"^(?:please )?(?:share|tweet|pin|e-?mail|print|bookmark|save|like) (?:this|on|to|us|via|it|the)\b",
    r"^(?:share|tweet|pin it|facebook|twitter|linkedin|whatsapp|pinterest|reddit|instagram|copy link|like"
    r"|follow)(?:$|\s*[|·•:/,])",
    r"^(?:follow|find|join) us\b",
    r"\b(?:subscribe|sign up|join)\b.{0,40}\b(?:newsletter|mailing list|updates|e-?mail|free|now|today)\b",
    r"^(?:subscribe|sign up|sign in|log ?in|register|unsubscribe)\b.{0,30}$",
    r"\b(?:uses?|accept(?: all)?|manage|about) (?:our )?cookies?\b|^cookie (?:policy|settings|preferences)",
    r"^(?:read|learn|see|show|view|load) (?:more|less|all|also)\b(?:.{0,3}$|.{0,60}(?:»|→|>|\x22|\.\.\.|…)$)"
    r"|^(?:you may also like|related (?:articles|posts|products|reading|content)|recommended for you"
    r"|popular posts|trending)\b",
    r"^(?:add to (?:cart|basket|bag|wishlist)|buy (?:now|it|here)|shop (?:now|all)|order (?:now|here|today)"
    r"|in stock|out of stock|checkout)\b",
    r"\b(?:use (?:the )?(?:code|coupon)|discount code|promo code|free shipping|limited[- ]time offer|\d+ ?% off)\b",
    r"^(?:advertisement|advert|sponsored(?: content)?|promoted|ad)(?:$|[\s:.])(?!.{60})",
    r"^(?:home|start)\s*(?:[>»/|›→·]|&gt;)",
    r"^(?:skip to (?:main )?content|back to (?:top|home|list|overview)|(?:previous|next)(?: (?:article|post"
    r"|page))?\s*[»→›>:]?|menu|search|close|toggle navigation|table of contents|jump to .{0,30}|on this page"
    r"|contents)$",
    r"^(?:leave a (?:comment|reply)|post a comment|comments? ?\(\d+\)|\d+ comments?|\d+ shares?|\d+ views)\b",
    r"^(?:©|\(c\)|copyright)\s.{0,120}|^all rights reserved\b|^(?:privacy policy|terms (?:of (?:use|service)"
    r"|and conditions))\b.{0,60}$",
    r"^click here\b|^download (?:the |our |your )?(?:free |app|guide|pdf|e-?book)",
    r"^(?:rate|was) this (?:article|page|post)\b",
    r"^powered by \w+",
)
PLACEHOLDER = any_of(
    r"\blorem ipsum\b",
    r"^(?:\[?(?:tbd|tba|todo|to do|tk|xxx+|n/?a)\]?)[.:]?$",
    r"^(?:content |more |information |details |section )*(?:coming soon|to follow|to be (?:added|completed"
    r"|written|determined|announced))\b",
    r"\[(?:insert|add|placeholder|citation needed|your|todo|tbd)\b[^\]]*\]",
    r"\{\{[^}]*\}\}|<%[^%]*%>|%\w+_\w+%",
    r"\bas an ai (?:language )?model\b|\bas of my last (?:knowledge )?update\b|\bregenerate response\b",
)
DISCLAIMER = any_of(
    r"\b(?:not|no substitute|never)\b.{0,40}\b(?:medical|professional) (?:advice|diagnosis|care)\b",
    r"\b(?:for )?(?:informational|educational|research)(?: (?:and|or) (?:informational|educational"
    r"|research))? (?:purposes|use) only\b",
    r"\b(?:consult|talk to|speak (?:with|to)|ask|see|seek(?: the advice of)?) (?:with )?(?:your|a|an"
    r"|the advice of) (?:own |qualified |licensed )?(?:doctor|physician|health|healthcare|medical|clinician"
    r"|provider|pharmacist|professional)",
    r"\bhas not been evaluated by the\b|\bnot intended to (?:diagnose|treat|cure|be)\b",
    r"\bverify with primary sources\b|\bAI[- ](?:assisted|generated)\b",
    r"\b(?:last|first) (?:updated|reviewed|modified|published)\b|^(?:updated|published|reviewed|written|posted"
    r"|author)(?: (?:on|by|at))?\s*:",
    r"^(?:medically )?(?:reviewed|written|edited|fact[- ]checked) by\b",
    r"\bmin(?:ute)?s? read\b",
)
TRANSITION = any_of(
    r"^(?:see|read|look|continue|scroll|refer|turn|click|keep reading|as (?:described|discussed|noted"
    r"|mentioned))\b[^.]{0,80}\b(?:below|above|section|table|here|on|list|page|later)\b[^.]{0,40}[.:]?$",
    r"\b(?:in )?this (?:article|guide|page|post|profile|section|overview|review)\b.{0,30}\b(?:we|you|covers?"
    r"|explains?|describes?|looks?|discusses?|summari[sz]es?|is about|answers?|outlines?|lists?|collects?|will"
    r"|was (?:written|prepared|updated))\b",
    r"^(?:below|here|in the following|let(?:'|’)s|let us|we(?:'|’)ll|we will|in what follows"
    r"|the following (?:section|table|list|paragraphs?))\b.{0,120}$",
    r"^(?:the )?(?:table|list|figure|section)s? (?:below|above)\b",
    r"^thank(?:s| you)\b|^welcome\b|^we hope\b|^have (?:a )?questions?\b|^contact us\b",
    r"^(?:updated|checked|reviewed) (?:every|each|monthly|yearly)",
)
# Letters or levels of evidence with what they stand for.
LEGEND = re.compile(
    r"(?:\b(?:gold|silver|bronze|platinum|grade|level|class|tier|[A-D])\b(?: (?:[A-D]|[1-5]|I{1,3}V?))?\s*(?:="
    r"|:|–|—|means|stands for)\s*[^·;|•=]{3,80}[·;|•,.]?\s*){2,}",
    re.IGNORECASE,
)
# What a sentence must speak of to assert something that a source could bear out.
SUBJECT = any_of(
    r"\b(?:patients?|people|persons?|women|men|adults?|children|participants?|volunteers?|subjects?|humans?"
    r"|animals?|rats?|mice|mouse|dogs?|users?|physicians|doctors|clinicians|neurologists|athletes)\b",
    r"\b(?:trials?|stud(?:y|ies)|research\w*|evidence|data|rcts?|meta-?analys[ie]s|reviews?|reports?|cohorts?"
    r"|case series|placebo|experiments?|findings|results|approved|approval|off-?label|licen[sc]ed|fda|ema|label"
    r"|banned|prescri\w+|prescription)\b",
    r"\b(?:dos(?:e|es|age|ing|ed)|mg|mcg|[µμ]g|tablets?|capsules?|injections?|injected|oral(?:ly)?"
    r"|intravenous\w*|subcutaneous\w*|topical\w*|infusions?|formulations?|half-life|absorbed|metaboli[sz]\w+"
    r"|bioavailability|reconstitut\w+|pharmac\w+|compounded)\b",
    r"\b(?:reduc|increas|improv|decreas|lower|rais|enhanc|inhibit|block|activat|modulat|stimulat|prevent|treat"
    r"|heal|cure|reliev|alleviat|protect|promot|accelerat|restor|cause|trigger|suppress|slow|bind|bound|affect"
    r"|boost|support|regulat|induc|produc)(?:e?s|ed|e|ing|tion|tions|ment|ments|er|ion|ions|t|d)?\b",
    r"\b(?:effects?|effective\w*|efficacy|safe\w*|toler\w+|risks?|side effects?|adverse|toxic\w*"
    r"|contraindicat\w+|interact\w*|pregnan\w+|breast-?feeding|withdrawal|overdose|allerg\w+|nausea|insomnia"
    r"|headaches?|liver|kidney|renal|hepatic)\b",
    r"\b\w*(?:itis|osis|algia|opathy|emia|aemia|oma|uria|penia|plegia|phrenia)\b|\b(?:disease|syndrome|disorder"
    r"|cancer|tumou?rs?|pain|infection|injur(?:y|ies)|depression|anxiety|fatigue|inflammat\w+|symptoms?|illness"
    r"|condition|sleep|wounds?|diabetes|covid)\b",
    r"\b(?:receptors?|enzymes?|peptides?|protein|hormones?|cytokines?|immune|signal\w*|pathways?|cells?"
    r"|molecules?|molecular|agonist|antagonist|inhibitor|opioids?|mechanism\w*|plasma|serum|brain|blood|drug"
    r"|compound|medicine|medication|supplement|therapy)\b",
)
# What a sentence has that is no mere title.
VERB = any_of(
    r"\b(?:is|are|was|were|be|been|has|have|had|can|may|might|will|would|does|do|did|should|must|could)\b",
    r"\b(?:reduc|increas|improv|decreas|lower|rais|inhibit|block|treat|heal|cur|prevent|reliev|promot|caus|help"
    r"|work)(?:es|s|ed)\b",
)
