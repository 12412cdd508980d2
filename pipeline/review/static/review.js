"use strict";

/* What the page does: it asks the server for the profile, shows a claim, and sends what the reviewer decides. */

const page = { data: null, current: null, editing: null, busy: false };

function itemOf(id) {
  return page.data.items.find((item) => item.id === id) || null;
}

function filtered() {
  const wanted = byId("filter").value;
  const fits = {
    wait: (item) => WAITS.includes(item.state),
    all: () => true,
    error: (item) => item.findings.length > 0,
    stale: (item) => item.state === "stale",
    rejected: (item) => item.state === "rejected",
    approved: (item) => ["approved", "provisional"].includes(item.state),
  }[wanted];
  return page.data.items.filter((item) => fits(item) || item.id === page.current);
}

/* --- showing ----------------------------------------------------------------------------------------------------- */

function take(data) {
  page.data = data;
  if (!itemOf(page.current)) page.current = (nextWaiting(null) || data.items[0] || { id: null }).id;
  if (page.editing && !itemOf(page.editing.id)) page.editing = null;
  show();
}

function show() {
  const { data } = page;
  const total = data.items.length;
  const done = data.items.filter((item) => !WAITS.includes(item.state)).length;
  byId("drafted").textContent = data.drafted;
  byId("bar").max = total || 1;
  byId("bar").value = done;
  byId("tally").textContent = `${done} of ${total} decided` +
    (data.publishable ? "; ready to publish" : "") +
    ["stale", "rejected"].filter((state) => data.states[state]).map((state) => `, ${data.states[state]} ${state}`).join("");
  byId("undo").disabled = !data.steps;
  const note = byId("provisional");
  note.hidden = !data.synopses;
  note.textContent = `${plural(data.synopses, "record")} were read as synopses written for this project. What you approve on them is ` +
    "provisional: it shows you the whole way, is never published, and ends when the real abstract arrives.";
  byId("queue").replaceChildren(...queuePanel(data, filtered(), page.current, choose).filter(Boolean));
  showClaim();
  byId("beside").replaceChildren(...besidePanel(data).filter(Boolean));
}

function showClaim() {
  const item = itemOf(page.current);
  if (!item) {
    byId("claim").replaceChildren(el("p", {}, "There is no claim in this profile."));
    byId("sources").replaceChildren();
    return;
  }
  const place = `${page.data.items.indexOf(item) + 1} of ${page.data.items.length}`;
  const panel = page.editing ? editor(item, place) : claimPanel(page.data, item, place, actions);
  byId("claim").replaceChildren(...panel.flat().filter(Boolean));
  const chosen = page.editing ? page.editing.evidence : null;
  byId("sources").replaceChildren(el("h2", {}, "What it stands on"), ...sourcesPanel(page.data, item, chosen, stand).flat().filter(Boolean));
}

function choose(id, quietly) {
  if (page.editing && page.editing.id !== id && page.editing.dirty) {
    fail({ error: "You are editing.", hint: "Save with Ctrl Enter, or leave with Esc." });
    return;
  }
  page.editing = null;
  page.current = id;
  show();
  byId("problem").hidden = true;
  const row = document.querySelector('#queue [aria-current="true"]');
  if (row) row.scrollIntoView({ block: "nearest" });
  if (!quietly) {
    byId("claim-title").focus({ preventScroll: true });
    byId("claim").scrollIntoView({ block: "nearest" });
  }
  if (window.matchMedia("(max-width: 60rem)").matches) {
    byId("drawer").open = false;
    window.scrollTo(0, 0);
  }
}

function nextWaiting(after) {
  const { items } = page.data;
  const start = items.findIndex((item) => item.id === after) + 1;
  return [...items.slice(start), ...items.slice(0, start)].find((item) => WAITS.includes(item.state) && item.id !== after) || null;
}

function step(by) {
  const list = filtered();
  const place = list.findIndex((item) => item.id === page.current);
  const next = list[Math.min(list.length - 1, Math.max(0, place + by))];
  if (next) choose(next.id);
}

function say(words) {
  byId("said").textContent = words;
}

function fail(problem) {
  byId("problem").textContent = `${problem.error} ${problem.hint || ""}`;
  byId("problem").hidden = false;
  byId("problem").scrollIntoView({ block: "nearest" });
}

/* --- doing ------------------------------------------------------------------------------------------------------- */

async function send(path, body, then) {
  if (page.busy) return;
  page.busy = true;
  document.body.setAttribute("aria-busy", "true");
  byId("problem").hidden = true;
  try {
    const data = await ask(path, body);
    if (then) then(data);
  } catch (problem) {
    if (problem.status === undefined) throw problem;
    fail(problem);
    if (problem.status === 409) await ask("/api/profile").then(take, () => null);
  } finally {
    page.busy = false;
    document.body.removeAttribute("aria-busy");
  }
}

function reviewer() {
  const name = byId("reviewer").value.trim();
  if (!name) {
    fail({ error: "Your name is missing.", hint: "A decision carries the name of the person who made it." });
    byId("reviewer").focus();
  }
  return name;
}

function decide(kind, note) {
  const item = itemOf(page.current);
  const name = reviewer();
  if (!item || !name) return Promise.resolve();
  const asked = { claim: item.id, kind, seen: item.seen, reviewer: name, note: note || null };
  return send("/api/decide", asked, (data) => {
    page.data = data;
    const next = kind === "comment" ? null : nextWaiting(item.id);
    choose(next ? next.id : item.id);
    const word = { approve: "Approved", reject: "Rejected", comment: "Comment kept" }[kind];
    say(next ? `${word}. Next: ${next.text}` : `${word}. ${nextWaiting(null) ? "" : "Nothing is left to decide."}`);
  });
}

function noted(title, label, button, required, then) {
  if (!reviewer()) return;
  const dialog = byId("note");
  byId("note-title").textContent = title;
  byId("note-label").textContent = label;
  byId("note-ok").textContent = button;
  byId("note-text").value = "";
  byId("note-text").required = required;
  dialog.returnValue = "no";
  dialog.onclose = () => {
    if (dialog.returnValue === "ok") then(byId("note-text").value.trim());
    else byId("claim-title").focus({ preventScroll: true });
  };
  dialog.showModal();
  byId("note-text").focus();
}

const actions = {
  approve() {
    const item = itemOf(page.current);
    if (item && item.blocked) fail({ error: "An error stands against this claim.", hint: "Edit it, or reject it." });
    else decide("approve");
  },
  reject: () => noted("Reject this claim", "Why? (may be left empty)", "Reject", false, (note) => decide("reject", note)),
  comment: () => noted("Comment on this claim", "What should the author know?", "Keep the comment", true, (note) => decide("comment", note)),
  edit() {
    const item = itemOf(page.current);
    if (!item || !item.editable || !reviewer()) return;
    page.editing = { id: item.id, text: item.text, evidence: new Set(item.evidence.map((q) => q.id)), seen: item.seen, dirty: false, findings: item.findings };
    showClaim();
    byId("edited").focus();
  },
  next() {
    const next = nextWaiting(page.current);
    if (next) choose(next.id);
    else say("Nothing is left to decide.");
  },
  undo() {
    if (!page.data || !page.data.steps) return;
    send("/api/undo", {}, (data) => {
      const before = page.data;
      page.data = data;
      const changed = data.items.find((item) => (before.items.find((old) => old.id === item.id) || {}).seen !== item.seen);
      choose(changed ? changed.id : page.current);
      say("The last step was taken back.");
    });
  },
};

/* --- editing: the words, the sentences they stand on, and what the rules say of them at once ----------------------- */

function editor(item, place) {
  const { editing } = page;
  return [
    el("p", { class: "where" }, `${place} · ${item.title} · `, el("code", {}, item.id)),
    el("h2", { id: "claim-title", class: "visually-hidden", tabindex: "-1" }, `Editing: ${item.text}`),
    el("label", { for: "edited" }, "The claim in your words"),
    el("textarea", { id: "edited", rows: "7", maxlength: "4000", value: editing.text, on: { input: typed } }),
    el("p", { class: "hint" }, "Tick the sentences that say it, under “What it stands on”. The rules look at once."),
    el("div", { class: "buttons" },
      el("button", { type: "button", class: "main", id: "save", on: { click: save } }, "Save ", el("kbd", {}, "Ctrl Enter")),
      el("button", { type: "button", id: "cancel", on: { click: leave } }, "Cancel ", el("kbd", {}, "Esc"))),
    el("div", { id: "tried", "aria-live": "polite" }, findingsPanel(editing.findings, "Findings on these words")),
  ];
}

let trying = null;

function typed(event) {
  if (event) page.editing.text = event.target.value;
  page.editing.dirty = true;
  clearTimeout(trying);
  trying = setTimeout(tryOut, 350);
}

async function tryOut() {
  const { editing } = page;
  if (!editing) return;
  const asked = { claim: editing.id, text: editing.text, evidence: [...editing.evidence] };
  let panel;
  try {
    const { findings } = await ask("/api/try", asked);
    if (page.editing !== editing || asked.text !== editing.text) return;
    editing.findings = findings;
    panel = findingsPanel(findings, "Findings on these words") || el("p", { class: "clean" }, "No rule has anything to say against these words.");
  } catch (problem) {
    if (problem.status === undefined) throw problem;
    panel = el("p", { class: "clean" }, `${problem.error} ${problem.hint || ""}`);
  }
  if (byId("tried")) byId("tried").replaceChildren(panel);
}

function stand(id, on) {
  const { editing } = page;
  if (on) editing.evidence.add(id);
  else editing.evidence.delete(id);
  typed();
}

function save() {
  const { editing } = page;
  const name = reviewer();
  if (!editing || !name) return;
  const asked = { claim: editing.id, text: editing.text, evidence: [...editing.evidence], seen: editing.seen, reviewer: name };
  send("/api/edit", asked, (data) => {
    page.editing = null;
    take(data);
    byId("claim-title").focus({ preventScroll: true });
    say("Saved. It still waits for an approval.");
  });
}

function leave() {
  page.editing = null;
  showClaim();
  byId("claim-title").focus({ preventScroll: true });
}

/* --- keys, other tabs, and the start ------------------------------------------------------------------------------ */

const KEYS = { a: actions.approve, r: actions.reject, c: actions.comment, e: actions.edit, u: actions.undo, n: actions.next,
  j: () => step(1), k: () => step(-1), "?": () => byId("keys").showModal() };

document.addEventListener("keydown", (event) => {
  if (!page.data || document.querySelector("dialog[open]")) {
    if (byId("note").open && event.key === "Enter" && event.ctrlKey) byId("note-ok").click();
    return;
  }
  if (page.editing && event.key === "Escape") leave();
  else if (page.editing && event.key === "Enter" && (event.ctrlKey || event.metaKey)) save();
  else if (!event.ctrlKey && !event.metaKey && !event.altKey && byId("single").checked &&
    !event.target.closest("input, textarea, select") && KEYS[event.key]) {
    event.preventDefault();
    KEYS[event.key]();
  }
});

async function watch() {
  if (document.hidden || page.busy || !page.data) return;
  const found = await ask("/api/stamp").catch(() => null);
  if (!found || page.busy || found.stamp === page.data.stamp) return;
  const data = await ask("/api/profile").catch(() => null);
  if (!data || page.busy) return;
  const before = page.editing && itemOf(page.editing.id);
  page.data = data;
  if (page.editing) {  // what is being typed stays; saving it says whether the claim is still the same
    const now = itemOf(page.editing.id);
    if (!now || now.seen !== before.seen) fail({ error: "The claim that you are editing was changed elsewhere.", hint: "Copy your words, leave with Esc and look." });
    return;
  }
  take(data);
  say("The profile has changed on disk, and is shown as it is now.");
}

byId("undo").addEventListener("click", actions.undo);
byId("help").addEventListener("click", () => byId("keys").showModal());
byId("filter").addEventListener("change", show);
byId("reviewer").addEventListener("change", (event) => sessionStorage.setItem("reviewer", event.target.value));
window.addEventListener("beforeunload", (event) => {
  if (page.editing && page.editing.dirty) event.preventDefault();
});

ask("/api/profile").then((data) => {
  byId("reviewer").value = sessionStorage.getItem("reviewer") || data.reviewer;
  byId("filter").value = data.items.some((item) => WAITS.includes(item.state)) ? "wait" : "all";
  take(data);
  if (window.matchMedia("(max-width: 60rem)").matches) byId("drawer").open = false;
  setInterval(watch, 2000);
}, fail);
