// What a page does beyond being read: the source of a statement at its citation, links to copy, the search of the
// index. Without this script a citation leads to its entry in the list of references, which holds the same sentences.
"use strict";

(() => {
  const make = (tag, text, attributes = {}) => {
    const made = document.createElement(tag);
    if (text) made.textContent = text;
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
  };

  // --- contents: open beside a wide page, and where the reader is -------------------------------------------------

  const contents = document.querySelector(".toc details");
  if (contents) {
    const wide = matchMedia("(min-width: 64rem)");
    const fit = () => { contents.open = wide.matches; };
    fit();
    wide.addEventListener("change", fit);
    contents.addEventListener("click", (event) => {
      if (event.target.closest("a") && !wide.matches) contents.open = false;
    });
    const links = new Map([...contents.querySelectorAll("a")].map((a) => [a.getAttribute("href").slice(1), a]));
    const heads = [...document.querySelectorAll("main .head > [id]")].filter((head) => links.has(head.id));
    let last = null;
    const place = () => {
      const passed = heads.filter((head) => head.getBoundingClientRect().top < innerHeight / 3);
      const link = passed.length ? links.get(passed[passed.length - 1].id) : null;
      if (link === last) return;
      if (last) last.removeAttribute("aria-current");
      if (link) link.setAttribute("aria-current", "location");
      last = link;
    };
    let waits = false;
    addEventListener("scroll", () => {
      if (waits) return;
      waits = true;
      requestAnimationFrame(() => { waits = false; place(); });
    }, { passive: true });
  }

  // What a link leads to is shown, also where it lies in something closed.
  const reveal = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const closed = target && target.closest("details:not([open])");
    if (closed) { closed.open = true; target.scrollIntoView(); }
  };
  addEventListener("hashchange", reveal);
  reveal();

  // What is closed is printed too.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("main details:not([open])")];
    for (const each of closed) each.open = true;
  });
  addEventListener("afterprint", () => { for (const each of closed) each.open = false; });

  // --- links to copy ------------------------------------------------------------------------------------------------

  const said = make("p", "", { class: "said", role: "status" });
  document.body.append(said);
  if (navigator.clipboard) {
    for (const head of document.querySelectorAll("main .head")) {
      const title = head.firstElementChild;
      const button = make("button", "Copy link", { type: "button", class: "copy", "aria-label": `Copy link: ${title.textContent}` });
      button.addEventListener("click", async () => {
        const address = new URL(`#${title.id}`, location.href).href;
        let words = "Copied";
        try { await navigator.clipboard.writeText(address); } catch { words = "Not copied"; }
        button.textContent = words;
        said.textContent = words;
        setTimeout(() => { button.textContent = "Copy link"; said.textContent = ""; }, 2000);
      });
      head.append(button);
    }
  }

  // --- citations ------------------------------------------------------------------------------------------------------

  const box = make("div", "", { class: "source", id: "source", role: "dialog", "aria-label": "Source of this statement", tabindex: "-1" });
  box.hidden = true;
  let open = null; // the citation whose source is shown
  let pinned = false; // by a click, a tap or Enter, until it is closed
  let timer = 0;

  const fill = (cite) => {
    const entry = document.getElementById(cite.hash.slice(1));
    const kind = entry.querySelector(".of").textContent.split(",")[0];
    box.replaceChildren(make("p", `${cite.textContent}. ${entry.dataset.short}`, { class: "short" }));
    for (const mark of entry.querySelectorAll(".mark")) {
      const line = make("p");
      line.append(mark.cloneNode(true));
      box.append(line);
    }
    for (const number of cite.dataset.s.split(" ")) {
      for (const sentence of entry.querySelectorAll(`li[value="${number}"]`)) {
        const quote = make("blockquote", sentence.textContent);
        quote.prepend(make("span", number === "0" ? "Title" : `${kind}, sentence ${number}`, { class: "of" }));
        box.append(quote);
      }
    }
    const links = make("p");
    links.append(make("a", "Reference", { href: cite.hash }));
    for (const link of entry.querySelectorAll("p:first-child a")) links.append(", ", link.cloneNode(true));
    box.append(links);
  };

  const place = (cite) => {
    const at = cite.getBoundingClientRect();
    const room = document.documentElement.clientWidth;
    box.style.left = `${Math.max(12, Math.min(at.left - 24, room - box.offsetWidth - 12)) + scrollX}px`;
    const below = at.bottom + 6;
    const fits = below + box.offsetHeight <= innerHeight || at.top < box.offsetHeight + 12;
    box.style.top = `${(fits ? below : at.top - box.offsetHeight - 6) + scrollY}px`;
  };

  const show = (cite, pin) => {
    clearTimeout(timer);
    if (open !== cite) {
      hide();
      open = cite;
      fill(cite);
      box.hidden = false;
      box.scrollTop = 0;
      place(cite);
      cite.setAttribute("aria-expanded", "true");
    }
    pinned = pinned || pin;
  };

  const hide = () => {
    clearTimeout(timer);
    if (!open) return;
    open.setAttribute("aria-expanded", "false");
    open = null;
    pinned = false;
    box.hidden = true;
  };

  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => { if (!pinned && !box.matches(":hover")) hide(); }, 250);
  };

  const close = () => {
    const cite = open;
    const inside = box.contains(document.activeElement);
    hide();
    if (inside && cite) { quiet = true; cite.focus(); quiet = false; }
  };

  let quiet = false; // focus that comes back to a citation shows nothing
  const cites = document.querySelectorAll("main .cite");
  if (cites.length) document.body.append(box);
  for (const cite of cites) {
    cite.setAttribute("role", "button");
    cite.setAttribute("aria-label", `Source ${cite.textContent}`);
    cite.setAttribute("aria-expanded", "false");
    cite.setAttribute("aria-controls", "source");
    cite.addEventListener("pointerenter", (event) => { if (event.pointerType === "mouse") show(cite, false); });
    cite.addEventListener("pointerleave", later);
    cite.addEventListener("focus", () => { if (!quiet && cite.matches(":focus-visible")) show(cite, false); });
    cite.addEventListener("blur", (event) => { if (!box.contains(event.relatedTarget)) later(); });
    const pin = (event) => {
      event.preventDefault();
      if (open === cite && pinned) { hide(); return; }
      show(cite, true);
      if (event.detail === 0) box.focus({ preventScroll: true }); // from the keyboard
    };
    cite.addEventListener("click", pin);
    cite.addEventListener("keydown", (event) => { if (event.key === " ") { event.preventDefault(); cite.click(); } });
  }
  box.addEventListener("pointerleave", later);
  box.addEventListener("click", (event) => { if (event.target.closest("a")) hide(); });
  box.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !box.contains(event.relatedTarget) && event.relatedTarget !== open) close();
  });
  box.addEventListener("keydown", (event) => {
    const links = [...box.querySelectorAll("a")];
    const ends = event.shiftKey ? [box, links[0]] : [links[links.length - 1]];
    if (event.key === "Tab" && ends.includes(document.activeElement)) { event.preventDefault(); close(); }
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
  document.addEventListener("pointerdown", (event) => {
    if (open && !box.contains(event.target) && !event.target.closest(".cite")) hide();
  });
  addEventListener("resize", () => { if (open) place(open); });

  // --- the search of the index ------------------------------------------------------------------------------------------

  const list = document.getElementById("profiles");
  const form = document.querySelector(".search");
  if (list && form) {
    const input = form.querySelector("input");
    const found = document.getElementById("found");
    const plain = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
    const items = [...list.children];
    let rows = items.map((item) => ({ item, names: [plain(item.textContent)], topics: [] }));
    let asked = false;
    const fetched = async () => {
      if (asked) return;
      asked = true;
      try {
        const answer = await fetch(list.dataset.search);
        if (!answer.ok) return;
        const listed = await answer.json();
        rows = listed.map((row) => ({
          item: document.getElementById(`p-${row.slug}`),
          slug: row.slug,
          names: row.names.map(plain),
          topics: row.topics.map(([title, anchor, grade]) => ({ title, anchor, grade, plain: plain(title) })),
        })).filter((row) => row.item);
        run();
      } catch { /* opened from a disk: what stands on the page is searched */ }
    };
    // How well a profile fits: 0 is best, null not at all. Every word has to stand somewhere in it.
    const rank = (row, wanted) => {
      if (row.names[0].startsWith(wanted)) return 0;
      if (row.names.some((name) => name.includes(wanted))) return 1;
      if (row.topics.some((topic) => topic.plain.includes(wanted))) return 2;
      const all = [...row.names, ...row.topics.map((topic) => topic.plain)].join(" ");
      return wanted.split(" ").every((word) => all.includes(word)) ? 3 : null;
    };
    const run = () => {
      const wanted = plain(input.value).trim().replace(/\s+/g, " ");
      for (const hint of list.querySelectorAll(".why")) hint.remove();
      if (!wanted) {
        for (const item of items) { item.hidden = false; list.append(item); }
        found.textContent = "";
        return;
      }
      const ranked = rows.map((row, order) => ({ row, order, at: rank(row, wanted) }));
      for (const { row, at } of ranked) row.item.hidden = at === null;
      const fit = ranked.filter((each) => each.at !== null).sort((a, b) => a.at - b.at || a.order - b.order);
      for (const { row } of fit) {
        list.append(row.item);
        for (const topic of row.topics.filter((each) => each.plain.includes(wanted)).slice(0, 3)) {
          const hint = make("p", "", { class: "why" });
          hint.append(make("a", topic.title, { href: `${row.slug}/index.html#${topic.anchor}` }), `: ${topic.grade}`);
          row.item.append(hint);
        }
      }
      found.textContent = fit.length ? `${fit.length} of ${items.length} profiles` : "No profile fits";
    };
    form.hidden = false;
    form.addEventListener("submit", (event) => event.preventDefault());
    input.addEventListener("focus", fetched);
    input.addEventListener("input", () => { fetched(); run(); });
    if (input.value) { fetched(); run(); }
  }
})();
