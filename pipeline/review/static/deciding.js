"use strict";

/* What the reviewer does: decides, says why, takes a step back. Each is sent with what was seen when it was begun. */

/* Send what writes; `then` gets the profile as it is after it. What was refused is shown, and the profile as it is now. */
async function send(path, body, then) {
  if (page.busy) return;
  page.busy = true;
  document.body.setAttribute("aria-busy", "true");
  clear();
  try {
    then(await ask(path, body));
  } catch (problem) {
    if (problem.status === undefined) throw problem;
    if (problem.status === 409) await ask("/api/profile").then(page.editing ? overtaken : take, () => null);
    fail(problem);
  } finally {
    page.busy = false;
    document.body.removeAttribute("aria-busy");
  }
}

function reviewer() {
  const name = nameGiven();
  if (!name) {
    fail({ error: "Your name is missing.", hint: "A decision carries the name of the person who made it." });
    byId("reviewer").focus();
  }
  return name;
}

/* True, and said so, where a claim changed under its reader a moment ago: the key was meant for what stood there before. */
function justChanged() {
  const just = performance.now() - page.changed < READING;
  if (just) fail({ error: "What is shown has just changed.", hint: "Read it as it is now, then decide." });
  return just;
}

function decide(item, kind, note) {
  const name = reviewer();
  if (!name) return;
  const asked = { claim: item.id, kind, seen: item.seen, reviewer: name, note: note || null };
  send("/api/decide", asked, (data) => {
    page.data = data;
    const next = kind === "comment" ? null : nextWaiting(item.id);
    const there = itemOf(page.current) ? page.current : item.id;
    choose(next ? next.id : there);
    const word = { approve: "Approved", reject: "Rejected", comment: "Comment kept" }[kind];
    const left = kind === "comment" || next ? "" : " Nothing is left to decide in this list.";
    say(`${word}. ${countDone()} of ${data.items.length} decided.${left}`);
  });
}

function noted(title, label, button, required, then) {
  const item = itemOf(page.current);
  if (!item || page.editing || justChanged() || !reviewer()) return;
  const dialog = byId("note");
  byId("note-title").textContent = title;
  byId("note-claim").textContent = item.text;
  byId("note-label").textContent = label;
  byId("note-ok").replaceChildren(button, " ", el("kbd", {}, "Ctrl Enter"));
  byId("note-text").value = "";
  byId("note-text").required = required;
  dialog.returnValue = "no";
  dialog.onclose = () => {
    if (dialog.returnValue === "ok") then(item, byId("note-text").value.trim());
    else focusClaim();
  };
  dialog.showModal();
  byId("note-text").focus();
}

const actions = {
  approve() {
    const item = itemOf(page.current);
    if (!item || page.editing || justChanged()) return;
    if (item.blocked) fail({ error: "An error stands against this claim.", hint: "Edit it, or reject it." });
    else decide(item, "approve");
  },
  reject() {
    noted("Reject this claim", "Why? (may be left empty)", "Reject", false, (item, note) => decide(item, "reject", note));
  },
  comment() {
    noted("Comment on this claim", "What should the author know?", "Keep the comment", true,
      (item, note) => decide(item, "comment", note));
  },
  edit() {
    const item = itemOf(page.current);
    if (!item || page.editing || justChanged()) return;
    if (!item.editable) fail({ error: "A row of the table of doses is made from the study's sentences.", hint: "Reject it, or comment on it." });
    else if (reviewer()) beginEdit(item);
  },
  next() {
    const next = nextWaiting(page.current);
    if (next) choose(next.id);
    else say("Nothing else is left to decide in this list.");
  },
  undo() {
    if (!page.data || !page.data.steps) return;
    if (page.editing) {
      fail({ error: "You are editing.", hint: "Save with Ctrl Enter, or leave with Esc, then undo." });
      return;
    }
    send("/api/undo", {}, (data) => {
      const before = new Map(page.data.items.map((item) => [item.id, item.seen]));
      page.data = data;
      const changed = data.items.find((item) => before.get(item.id) !== item.seen);
      choose(changed ? changed.id : page.current);
      say(`The last step was taken back. ${countDone()} of ${data.items.length} decided.`);
    });
  },
};
