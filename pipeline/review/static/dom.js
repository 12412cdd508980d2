"use strict";

/* Elements from plain data. Every text becomes a text node: nothing that a source says is markup. */

function el(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "on") for (const [event, work] of Object.entries(value)) node.addEventListener(event, work);
    else if (key === "checked" || key === "value" || key === "disabled") node[key] = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

function byId(id) {
  return document.getElementById(id);
}

function plural(count, word) {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

/* Pieces of a text, those that differ marked for the eye and named for the ear. */
function marked(pieces) {
  return pieces.map(([text, differs], place) => [
    place ? " " : "",
    differs ? el("mark", { class: "differs" }, text) : text.trim(),
  ]);
}

function link(words, url) {
  return url ? el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, words) : words;
}

async function ask(path, body) {
  const request = body
    ? { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }
    : {};
  let answer;
  try {
    answer = await fetch(path, request);
  } catch (error) {
    throw { error: "The review server does not answer.", hint: "Is it still running in the terminal?", status: 0 };
  }
  const said = await answer.json().catch(() => ({ error: "The answer is not understood.", hint: "Reload the page." }));
  if (!answer.ok) throw { ...said, status: answer.status };
  return said;
}
