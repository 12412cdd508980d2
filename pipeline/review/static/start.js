"use strict";

/* Keys, what happens elsewhere (another tab, another reviewer, an editor of text), and the start. */

const EVERY = 2000;  // milliseconds between two looks at the files
const KEYS = {
  a: actions.approve, r: actions.reject, c: actions.comment, e: actions.edit, u: actions.undo, n: actions.next,
  j: () => step(1), k: () => step(-1), "?": () => byId("keys").showModal(),
};
const REPEATING = ["j", "k"];  // a key that is held down decides once

document.addEventListener("keydown", (event) => {
  const sends = event.key === "Enter" && (event.ctrlKey || event.metaKey);
  if (document.querySelector("dialog[open]")) {
    if (byId("note").open && sends) byId("note-ok").click();
    return;
  }
  if (!page.data || event.isComposing) return;
  if (page.editing) {
    if (event.key === "Escape") leave();
    else if (sends) save();
    return;
  }
  if (event.target === byId("reviewer")) {
    if (event.key === "Enter" || event.key === "Escape") focusClaim();
    return;
  }
  const typing = event.target.closest("input, textarea, select");
  if (event.ctrlKey || event.metaKey || event.altKey || typing || !byId("single").checked || !KEYS[event.key]) return;
  event.preventDefault();
  if (!event.repeat || REPEATING.includes(event.key)) KEYS[event.key]();
});

/* Look whether the files are still what is shown. A server that does not answer, and files that cannot be read, are
   said once, and unsaid when that is over. */
async function watch() {
  if (document.hidden || page.busy) return;
  try {
    const found = await ask("/api/stamp");
    if (page.busy || (page.data && !page.lost && found.stamp === page.data.stamp)) return;
    const data = await ask("/api/profile");
    if (page.busy) return;
    if (page.lost) clear();
    page.lost = false;
    refreshed(data);
  } catch (problem) {
    if (problem.status === undefined) throw problem;
    page.lost = true;
    fail(problem);
  }
}

function refreshed(data) {
  if (!page.data) begin(data);
  else if (page.editing) overtaken(data);
  else if (data.stamp !== page.data.stamp) {
    const before = itemOf(page.current);
    take(data);
    const now = itemOf(page.current);
    if (before && (!now || now.seen !== before.seen)) {
      page.changed = performance.now();
      fail({ error: "The claim before you was changed or decided on elsewhere.", hint: "It is shown as it is now." });
    } else {
      say("The profile has changed on disk, and is shown as it is now.");
    }
  }
}

function begin(data) {
  byId("reviewer").value = sessionStorage.getItem("reviewer") || data.reviewer;
  page.data = data;
  byId("filter").value = data.items.some(waits) ? "wait" : "all";
  take(data);
  if (isNarrow()) byId("drawer").open = false;
  focusClaim();
}

byId("undo").addEventListener("click", actions.undo);
byId("help").addEventListener("click", () => byId("keys").showModal());
byId("filter").addEventListener("change", () => page.data && show());
byId("single").addEventListener("change", (event) => sessionStorage.setItem("single", event.target.checked ? "on" : "off"));
byId("single").checked = sessionStorage.getItem("single") !== "off";
byId("reviewer").addEventListener("change", (event) => {
  sessionStorage.setItem("reviewer", event.target.value);
  if (page.data) show();
});
window.addEventListener("beforeunload", (event) => {
  if (page.editing && page.editing.dirty) event.preventDefault();
});
document.addEventListener("visibilitychange", watch);
new ResizeObserver(() => document.documentElement.style.setProperty("--top", `${byId("top").offsetHeight}px`)).observe(byId("top"));
watch().finally(() => setInterval(watch, EVERY));
