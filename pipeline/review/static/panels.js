"use strict";

/* The parts of the page, each from plain data: the queue, the claim, its sources, and what lies beside. */

const SIGNS = { approved: "✓", provisional: "✓", stale: "↻", rejected: "✕", open: "○" };
const WORDS = {
  approved: "",
  provisional: "approved on a synopsis: never published",
  stale: "what was decided on has changed since",
  rejected: "it stays out of what is published",
  open: "",
};
const WAITS = ["open", "stale"];
const VERDICTS = { approve: "approved", reject: "rejected" };

/* What one reviewer decided on a claim as it is now: a verdict, or null. */
function decidedBy(item, name) {
  const same = (text) => text.normalize("NFKC").toLowerCase().trim().replace(/\s+/g, " ");
  return item.decided.filter((each) => same(each.reviewer) === same(name) && VERDICTS[each.decision]).pop() || null;
}

function badge(state) {
  return el("span", { class: `badge ${state}` }, el("span", { "aria-hidden": "true" }, SIGNS[state]), " ", state);
}

function queuePanel(data, items, current, choose, waits) {
  return data.risks.map((risk) => {
    const all = data.items.filter((item) => item.risk === risk);
    const shown = items.filter((item) => item.risk === risk);
    const done = all.filter((item) => !WAITS.includes(item.state)).length;
    if (!all.length) return null;
    const rows = shown.map((item) =>
      el("li", {}, el("button",
        { type: "button", class: waits(item) || !WAITS.includes(item.state) ? item.state : "other", "data-id": item.id, "aria-current": item.id === current ? "true" : null,
          on: { click: () => choose(item.id) } },
        el("span", { class: "sign", "aria-hidden": "true" }, WAITS.includes(item.state) && !waits(item) ? "◐" : SIGNS[item.state]),
        el("span", { class: "words" }, item.text),
        el("span", { class: "visually-hidden" }, `, ${item.state}`),
        item.blocked ? el("span", { class: "count bad" }, "error") : null))
    );
    return el("section", {},
      el("h2", { class: "risk" }, risk, " ", el("span", { class: "of" }, `${done} of ${all.length}`)),
      rows.length ? el("ol", {}, rows) : null);
  });
}

function decisionsPanel(item) {
  const line = (decision, lapsed) =>
    el("li", { class: lapsed ? "lapsed" : null },
      `${decision.decision} by ${decision.reviewer}, ${decision.date}`,
      lapsed ? " (on an earlier version: it no longer counts)" : "",
      decision.note ? el("q", {}, decision.note) : null);
  const lines = [...item.decided.map((each) => line(each, false)), ...item.lapsed.map((each) => line(each, true))];
  return lines.length ? el("div", { class: "decisions" }, el("h3", {}, "Decisions"), el("ul", {}, lines)) : null;
}

function findingsPanel(findings, title) {
  if (!findings.length) return null;
  return el("div", { class: "findings" },
    el("h3", {}, title),
    el("ul", {}, findings.map((finding) =>
      el("li", { class: finding.severity },
        el("p", {}, el("strong", {}, finding.severity), " ", el("code", {}, finding.code), " ", finding.message),
        finding.quote.length
          ? el("dl", { class: "compare" },
            el("dt", {}, "claim"), el("dd", {}, marked(finding.words)),
            el("dt", {}, finding.source || "source"), el("dd", {}, marked(finding.quote)))
          : null,
        finding.suggestion ? el("p", { class: "fix" }, "Fix: ", finding.suggestion) : null))));
}

function claimPanel(data, item, place, name, actions) {
  const grade = data.sections[item.section];
  const button = (words, key, work, more) =>
    el("button", { type: "button", ...more, on: { click: work } }, words, " ", el("kbd", {}, key));
  const mine = decidedBy(item, name);
  const warned = item.sources.flatMap((key) =>
    data.sources[key].notices.map((notice) => el("li", {}, `${data.sources[key].words}: ${notice}`)));
  const told = [
    WORDS[item.state],
    mine && data.reviewers > 1 ? `you ${VERDICTS[mine.decision]} it` : "",
    data.reviewers > 1 && item.missing && WAITS.includes(item.state)
      ? `${plural(item.missing, "approval")} of ${data.reviewers} still needed` : "",
  ].filter(Boolean).join("; ");
  return [
    el("p", { class: "where" }, `${place} · ${item.title} · `, el("code", {}, item.id)),
    el("h2", { id: "claim-title", class: "visually-hidden", tabindex: "-1" }, `Claim ${place}, ${item.state}: ${item.text}`),
    el("p", { class: "state" }, badge(item.state), " ", el("span", {}, told)),
    item.cells.length
      ? el("dl", { class: "cells" }, item.cells.map(([head, cell]) => [el("dt", {}, head), el("dd", {}, cell)]))
      : el("blockquote", { id: "claim-text" }, item.text),
    warned.length ? el("ul", { class: "notices" }, warned) : null,
    el("div", { class: "buttons", id: "actions" },
      button("Approve", "a", actions.approve,
        { class: "main", id: "approve", disabled: item.blocked, "aria-describedby": item.blocked ? "blocked" : null }),
      button("Reject", "r", actions.reject, { id: "reject" }),
      button("Comment", "c", actions.comment, { id: "comment" }),
      button("Edit", "e", actions.edit, { id: "edit", disabled: !item.editable }),
      button("Next", "n", actions.next, { id: "next" })),
    item.blocked
      ? el("p", { class: "blocked", id: "blocked" }, "It cannot be approved while an error stands: edit it, or reject it.")
      : null,
    findingsPanel(item.findings, "Findings"),
    decisionsPanel(item),
    grade
      ? el("div", { class: "grade" }, el("h3", {}, `Evidence on ${item.title}: ${grade.words}`),
        el("p", {}, grade.counts), el("ul", {}, grade.reasons.map((reason) => el("li", {}, reason))))
      : null,
  ];
}

function sourcePanel(source, cited, chosen, choose) {
  const rows = [];
  let section = null;
  for (const sentence of source.sentences) {
    if (sentence.section && sentence.section !== section) rows.push(el("strong", { class: "label" }, sentence.section.replaceAll("_", " ")));
    section = sentence.section || section;
    const isCited = chosen ? chosen.has(sentence.id) : cited.has(sentence.id);
    const text = isCited && !chosen
      ? [el("span", { class: "visually-hidden" }, "Cited: "), el("mark", {}, sentence.text)]
      : el("span", { class: "said" }, sentence.text);
    rows.push(el("span", { class: sentence.number ? "sentence" : "sentence heading" },
      chosen
        ? el("label", {}, el("input", { type: "checkbox", checked: isCited, "data-id": sentence.id,
          on: { change: (event) => choose(sentence.id, event.target.checked) } }), text)
        : text), " ");
  }
  return el("article", { class: "source" },
    el("h3", {}, link(source.words, source.url)),
    source.notices.length
      ? el("ul", { class: "notices" }, source.notices.map((notice) => el("li", {}, notice))) : null,
    el("p", { class: "reference" }, source.reference),
    source.facts.length
      ? el("dl", { class: "facts" }, source.facts.map(([head, words]) => [el("dt", {}, head), el("dd", {}, words)])) : null,
    el("p", { class: source.synopsis ? "origin synopsis" : "origin" }, source.origin,
      source.types.length ? ` · indexed as ${source.types.join(", ")}` : ""),
    source.sentences.length ? el("div", { class: "abstract" }, rows) : null);
}

function sourcesPanel(sources, item, chosen, choose) {
  const cited = new Set(item.evidence.map((quotation) => quotation.id));
  const apart = item.evidence.filter((quotation) => quotation.current !== true);
  return [
    apart.length
      ? el("div", { class: "apart" },
        el("h3", {}, "Quotations that could not be shown in their source"),
        el("ul", {}, apart.map((quotation) =>
          el("li", {}, el("code", {}, quotation.id), " ", el("q", {}, quotation.text),
            quotation.current === false ? " — the source says it otherwise now" : " — its text is not held here"))))
      : null,
    ...item.sources.map((key) => sourcePanel(sources[key], cited, chosen, choose)),
    item.sources.length ? null : el("p", {}, "It cites nothing."),
  ].filter(Boolean);
}

function besidePanel(data) {
  const list = (records) => el("ul", {}, records.map((record) =>
    el("li", {}, link(record.source, record.url), record.title ? ` ${record.title}` : "", el("span", { class: "reason" }, ` — ${record.reason}`),
      (record.challenges || []).map((challenge) => el("span", {}, " · ", challenge.how, ": ", el("code", {}, challenge.claim))))));
  const folded = (title, count, body) =>
    count ? el("details", {}, el("summary", {}, `${title} (${count})`), body) : null;
  return [
    folded("New evidence, not weighed yet", data.waiting.length, list(data.waiting)),
    folded("On the profile as a whole", data.general.length + data.skipped.length,
      [findingsPanel(data.general, "Findings"), el("ul", {}, data.skipped.map((said) => el("li", {}, `not checked: ${said}`)))]),
    folded("Retrieved and not cited", data.uncited.length, list(data.uncited)),
  ];
}
