"use strict";

/* Editing a claim: the words, the sentences they stand on, and what the rules say of them at once. What is typed stays
   until it is saved or left, whatever happens to the files meanwhile: an edit shows the claim as it was when it began. */

const PAUSE = 350;  // milliseconds without a key before the rules look
let trying = null;
let tries = 0;

function beginEdit(item) {
  clear();
  page.editing = {
    item, sources: page.data.sources, place: placeOf(item), id: item.id, text: item.text, seen: item.seen,
    evidence: new Set(item.evidence.map((quotation) => quotation.id)), dirty: false, leaving: false, findings: item.findings,
  };
  showEditor();
  byId("edited").focus();
}

function showEditor() {
  const { editing } = page;
  if (byId("edited")) return;  // what is being typed is never made anew
  const { item } = editing;
  byId("claim").replaceChildren(
    el("p", { class: "where" }, `${editing.place} · ${item.title} · `, el("code", {}, item.id)),
    el("h2", { id: "claim-title", class: "visually-hidden", tabindex: "-1" }, `Editing: ${item.text}`),
    el("label", { for: "edited" }, "The claim in your words"),
    el("textarea", { id: "edited", rows: "5", maxlength: "4000", value: editing.text, on: { input: typed } }),
    el("p", { class: "hint" }, "Tick the sentences that say it, under “What it stands on”. The rules look while you type."),
    el("div", { class: "buttons", id: "actions" },
      el("button", { type: "button", class: "main", id: "save", on: { click: save } }, "Save ", el("kbd", {}, "Ctrl Enter")),
      el("button", { type: "button", id: "cancel", on: { click: leave } }, "Cancel ", el("kbd", {}, "Esc"))),
    el("div", { id: "tried", "aria-live": "polite" }, findingsPanel(editing.findings, "Findings on these words") || ""));
  byId("sources").replaceChildren(
    el("h2", {}, "What it stands on"), ...sourcesPanel(editing.sources, item, editing.evidence, stand));
}

function typed(event) {
  const { editing } = page;
  if (event) editing.text = event.target.value;
  editing.dirty = true;
  editing.leaving = false;
  clearTimeout(trying);
  trying = setTimeout(tryOut, PAUSE);
}

function stand(id, on) {
  if (on) page.editing.evidence.add(id);
  else page.editing.evidence.delete(id);
  typed(null);
}

async function tryOut() {
  const { editing } = page;
  if (!editing || page.busy) return;
  const mine = ++tries;
  let panel;
  try {
    const { findings } = await ask("/api/try", { claim: editing.id, text: editing.text, evidence: [...editing.evidence] });
    editing.findings = findings;
    panel = findingsPanel(findings, "Findings on these words") || el("p", { class: "clean" }, "No rule has anything to say against these words.");
  } catch (problem) {
    if (problem.status === undefined) throw problem;
    panel = el("p", { class: "clean" }, `${problem.error} ${problem.hint || ""}`);
  }
  if (page.editing === editing && mine === tries) byId("tried").replaceChildren(panel);
}

function save() {
  const { editing } = page;
  const name = reviewer();
  if (!editing || !name) return;
  clearTimeout(trying);
  const asked = { claim: editing.id, text: editing.text, evidence: [...editing.evidence], seen: editing.seen, reviewer: name };
  send("/api/edit", asked, (data) => {
    endEdit();
    take(data);
    focusClaim();
    say("Saved. It still waits for an approval.");
  });
}

function endEdit() {
  clearTimeout(trying);
  page.editing = null;
}

/* Esc leaves at once where nothing was typed, and else at the second time. */
function leave() {
  const { editing } = page;
  if (editing.dirty && !editing.leaving) {
    editing.leaving = true;
    fail({ error: "Your words are not saved.", hint: "Esc or Cancel again leaves them; Ctrl Enter saves." });
    return;
  }
  endEdit();
  clear();
  take(page.data);
  focusClaim();
}

/* The profile has changed under an edit: the words stay, and where the claim is another now, that is said beside them.
   To save once more is then to put them in the place of what it says now. */
function overtaken(data) {
  const { editing } = page;
  page.data = data;
  const now = itemOf(editing.id);
  if (now && now.seen === editing.seen) return;
  const words = now
    ? [el("strong", {}, "Changed elsewhere while you were editing."), ` It is ${now.state} and says now: `, el("q", {}, now.text),
      " Your words are still above; saving puts them in its place."]
    : [el("strong", {}, "This claim is no longer in the profile."), " Copy your words before you leave."];
  if (now) editing.seen = now.seen;
  if (byId("overtaken")) byId("overtaken").remove();
  byId("tried").before(el("p", { id: "overtaken", class: "blocked", role: "alert" }, words));
}
