"use strict";

/* The page and what it shows: the profile as the server last told it, the claim at hand, and where the eye and focus go. */

/* `data` is the profile, `current` the id of the claim shown, `editing` an edit that is under way, `busy` true while a
   request that writes is. `beside` is what the foot of the page was made of; `changed` is when the claim shown changed
   under its reader; `lost` is true while the server or the files cannot be read. */
const page = { data: null, current: null, editing: null, busy: false, beside: "", changed: -Infinity, lost: false };
const READING = 1000;  // milliseconds in which a claim that has just changed is not decided on

function itemOf(id) {
  return page.data.items.find((item) => item.id === id) || null;
}

function nameGiven() {
  return byId("reviewer").value.trim().replace(/\s+/g, " ");
}

/* True where a claim waits for whoever sits here: with two reviewers, what they decided on waits for the other one. */
function waits(item) {
  return WAITS.includes(item.state) && !decidedBy(item, nameGiven());
}

function isShown(item) {
  return {
    wait: () => waits(item),
    all: () => true,
    error: () => item.findings.length > 0,
    stale: () => item.state === "stale",
    rejected: () => item.state === "rejected",
    approved: () => ["approved", "provisional"].includes(item.state),
  }[byId("filter").value]();
}

function filtered() {
  return page.data.items.filter((item) => isShown(item) || item.id === page.current);
}

/* The next claim of the list that waits, from the one named on and round; null where none is left. */
function nextWaiting(after) {
  const { items } = page.data;
  const start = items.findIndex((item) => item.id === after) + 1;
  const round = [...items.slice(start), ...items.slice(0, start)];
  return round.find((item) => waits(item) && isShown(item) && item.id !== after) || null;
}

function countDone() {
  return page.data.items.filter((item) => !WAITS.includes(item.state)).length;
}

/* --- showing ----------------------------------------------------------------------------------------------------- */

function take(data) {
  page.data = data;
  if (!itemOf(page.current)) page.current = (nextWaiting(null) || data.items[0] || { id: null }).id;
  show();
}

function show() {
  const { data } = page;
  const focused = addressOf(document.activeElement);
  const total = data.items.length;
  const others = data.items.filter((item) => WAITS.includes(item.state) && !waits(item)).length;
  const told = [["stale", data.states.stale], ["rejected", data.states.rejected], ["waiting for another reviewer", others]];
  byId("drafted").textContent = data.drafted;
  byId("bar").max = total || 1;
  byId("bar").value = countDone();
  byId("tally").textContent = `${countDone()} of ${total} decided` +
    told.filter(([, count]) => count).map(([words, count]) => `, ${count} ${words}`).join("") +
    (data.publishable ? "; ready to publish" : "");
  byId("undo").disabled = !data.steps;
  const note = byId("provisional");
  note.hidden = !data.synopses;
  note.textContent = `${plural(data.synopses, "record")} ${data.synopses === 1 ? "was" : "were"} read as synopses written for this ` +
    "project. What you approve on them is provisional: never published, and over when the real abstract arrives.";
  byId("queue").replaceChildren(...queuePanel(data, filtered(), page.current, choose, waits).filter(Boolean));
  showClaim();
  const beside = JSON.stringify([data.waiting, data.general, data.skipped, data.uncited]);
  if (beside !== page.beside) byId("beside").replaceChildren(...besidePanel(data).filter(Boolean));
  page.beside = beside;
  refocus(focused);
}

function showClaim() {
  if (page.editing) return showEditor();
  const item = itemOf(page.current);
  if (!item) {
    byId("claim").replaceChildren(el("p", {}, "There is no claim in this profile."));
    byId("sources").replaceChildren();
    return undefined;
  }
  byId("claim").replaceChildren(...claimPanel(page.data, item, placeOf(item), nameGiven(), actions).filter(Boolean));
  byId("sources").replaceChildren(el("h2", {}, "What it stands on"), ...sourcesPanel(page.data.sources, item, null, null));
  return undefined;
}

function placeOf(item) {
  return `${page.data.items.findIndex((each) => each.id === item.id) + 1} of ${page.data.items.length}`;
}

/* Where the focus is, in words that survive that the panel is made anew. */
function addressOf(node) {
  if (!node || node === document.body) return null;
  if (node.id) return `#${CSS.escape(node.id)}`;
  return node.dataset.id ? `[data-id="${CSS.escape(node.dataset.id)}"]` : null;
}

function refocus(address) {
  const lost = !document.activeElement || document.activeElement === document.body;
  const node = address && lost ? document.querySelector(address) || byId("claim-title") : null;
  if (node) node.focus({ preventScroll: true });
}

function choose(id) {
  if (page.editing && page.editing.dirty) {
    fail({ error: "You are editing.", hint: "Save with Ctrl Enter, or leave with Esc." });
    return;
  }
  page.editing = null;
  page.current = id;
  page.changed = -Infinity;
  clear();
  show();
  const row = document.querySelector('#queue [aria-current="true"]');
  if (row) row.scrollIntoView({ block: "nearest" });
  byId("claim").scrollTop = 0;
  if (isNarrow()) {
    byId("drawer").open = false;
    byId("claim").scrollIntoView();
  } else {
    window.scrollTo(0, 0);
    const cited = document.querySelector("#sources mark");
    if (cited && cited.getBoundingClientRect().bottom > window.innerHeight) cited.scrollIntoView({ block: "center" });
  }
  focusClaim();
}

function focusClaim() {
  if (byId("claim-title")) byId("claim-title").focus({ preventScroll: true });
}

function isNarrow() {
  return window.matchMedia("(max-width: 60rem)").matches;
}

function step(by) {
  const list = filtered();
  const place = list.findIndex((item) => item.id === page.current);
  const next = list[Math.min(list.length - 1, Math.max(0, place + by))];
  if (next && next.id !== page.current) choose(next.id);
}

function say(words) {
  byId("said").textContent = words;
}

/* What is shown already is not said once more. */
function fail(problem) {
  const words = `${problem.error} ${problem.hint || ""}`;
  if (byId("problem").hidden || byId("problem").textContent !== words) byId("problem").textContent = words;
  byId("problem").hidden = false;
}

function clear() {
  byId("problem").hidden = true;
}
