/* Small help on top of pages that work without it: ticking times, live regions, keys. */
(() => {
  "use strict";
  const all = (selector, root = document) => root.querySelectorAll(selector);

  // Times tick on in the words of the server.
  const coarse = (s) =>
    s < 60 ? `${s} s` : s < 3600 ? `${Math.floor(s / 60)} min` : s < 172800 ? `${Math.floor(s / 3600)} u` : `${Math.floor(s / 86400)} dagen`;
  const length = (s) => {
    const minutes = Math.floor(s / 60), days = Math.floor(minutes / 1440), hours = Math.floor(minutes / 60);
    if (days >= 2) return hours % 24 ? `${days} dagen ${hours % 24} u` : `${days} dagen`;
    if (hours) return `${hours} u ${minutes % 60} min`;
    return minutes ? `${minutes} min` : "minder dan 1 min";
  };
  const say = (element, text) => { if (element.textContent !== text) element.textContent = text; };
  const tick = () => {
    const now = Date.now();
    for (const time of all("[data-ago]")) {
      const seconds = Math.floor((now - Date.parse(time.dateTime)) / 1000);
      say(time, seconds < 1 ? "zojuist" : `${coarse(seconds)} geleden`);
    }
    for (const time of all("[data-deadline]")) {
      const seconds = Math.floor((Date.parse(time.dateTime) - now) / 1000);
      say(time, seconds > 0 ? `nog ${length(seconds)}` : `${length(-seconds)} over tijd`);
      time.parentElement.classList.toggle("bm-clock--over", seconds <= 0);
    }
  };
  setInterval(tick, 1000);

  // A live region is fetched again and swapped, never under somebody's hands.
  const busy = (region) => region.contains(document.activeElement) && document.activeElement.matches("input, select, textarea");
  const named = (element) => {
    if (element.id) return `#${CSS.escape(element.id)}`;
    if (element.matches("[id] > summary")) return `${named(element.parentElement)} > summary`;
    return element.href && `a[href="${CSS.escape(element.getAttribute("href"))}"]`;
  };
  const said = (region) => region.innerHTML.replace(/<time[^>]*data-ago[^>]*>[^<]*|(?<=data-deadline[^>]*>)[^<]+/g, "");
  const swap = (region, fresh) => {
    // What somebody folded open or shut stays so, if the page names it.
    for (const one of all("details[id]", region)) fresh.querySelector(named(one))?.toggleAttribute("open", one.open);
    // Most looks bring nothing but the time of the look, and then nothing moves under the eyes.
    if (said(region) === said(fresh)) {
      const looked = all("[data-ago]", fresh);
      return all("[data-ago]", region).forEach((time, n) => time.replaceWith(looked[n]));
    }
    const focused = region.contains(document.activeElement) && named(document.activeElement);
    region.replaceChildren(...fresh.childNodes);
    if (focused) region.querySelector(focused)?.focus({ preventScroll: true });
  };
  const refresh = async (region) => {
    if (document.hidden || busy(region)) return;
    let stale = true;
    try {
      const answer = await fetch(region.dataset.live || location.href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = answer.ok && page.getElementById(region.id);
      if (fresh && !busy(region)) swap(region, fresh);
      stale = !fresh;
    } catch { /* shown as stale */ }
    for (const note of all("[data-stale]", region)) note.hidden = !stale;
  };
  const regions = all("[data-live]");
  const refreshAll = () => regions.forEach(refresh);
  let events, rounds = 0;
  const listen = () => {
    // Browsers allow few connections per host: only the page in view holds one.
    events?.close();
    events = !document.hidden && document.body.dataset.events ? new EventSource(document.body.dataset.events) : null;
    // Also when it opens: what changed since the page was made was told to nobody.
    if (events) events.onopen = events.onmessage = refreshAll;
  };
  if (regions.length) {
    listen();
    document.addEventListener("visibilitychange", () => { listen(); refreshAll(); });
    // Looking every ten seconds; every minute while the server tells of changes itself.
    setInterval(() => { if (++rounds % 6 === 0 || events?.readyState !== EventSource.OPEN) refreshAll(); }, 10000);
  }

  // Keys, which a person can switch off.
  const keys = document.getElementById("keys"), keysOn = document.getElementById("keys-on");
  const OFF = "brandmeester-keys-off";
  if (keysOn) {
    keysOn.checked = !localStorage.getItem(OFF);
    keysOn.addEventListener("change", () => (keysOn.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1")));
  }
  for (const note of all("[data-keys]")) {
    note.hidden = false;
    note.addEventListener("click", () => keys.showModal());
  }
  // A list with data-rows is walked row by row; each row is its first link, so that Enter opens it.
  const walk = (by) => {
    const links = [...all("[data-rows] tbody tr")].map((row) => row.querySelector("a[href]")).filter(Boolean);
    const at = links.findIndex((link) => link.closest("tr").contains(document.activeElement));
    const next = links[at < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + by, 0), links.length - 1)];
    next?.focus();
    return Boolean(next);
  };
  const goTo = (element) => { element?.focus(); return Boolean(element); };
  const pageKeys = {
    j: () => walk(1),
    k: () => walk(-1),
    f: () => goTo(document.querySelector(".bm-filters :is(select, input)")),
  };
  document.addEventListener("keydown", (event) => {
    if (!keysOn?.checked || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, dialog")) return;
    if (event.key === "?") keys.showModal();
    else if (event.key === "/") {
      const search = document.getElementById("search");
      if (!search?.checkVisibility()) document.getElementById("menu")?.showPopover?.();
      search?.focus();
    } else if (!Object.hasOwn(pageKeys, event.key) || !pageKeys[event.key]()) return;
    event.preventDefault();
  });

  // Places to choose from while typing; what is typed travels in a body, not in an address.
  for (const field of all("[data-suggest]")) {
    let latest = 0;
    field.addEventListener("input", async () => {
      const mine = ++latest;
      try {
        const answer = await fetch(field.dataset.suggest, { method: "POST", body: new URLSearchParams({ q: field.value }) });
        const found = answer.ok ? await answer.json() : [];
        if (mine === latest) field.list.replaceChildren(...found.map(({ place, where }) => Object.assign(new Option(where, place), { label: where })));
      } catch { /* it can be typed as it is */ }
    });
  }

  // A long form keeps what is typed, as its own server lets the browser keep it: not for longer, and nowhere else.
  for (const form of all("form[data-keep]")) {
    let waiting, sending;
    const keep = () => {
      waiting = clearTimeout(waiting);
      const typed = [...new FormData(form)].filter(([, value]) => typeof value === "string");
      sending = new AbortController();
      fetch(`${form.action}&go=keep`, { method: "POST", body: new URLSearchParams(typed), keepalive: true, signal: sending.signal }).catch(() => {});
    };
    form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(keep, 500); });
    addEventListener("pagehide", () => { if (waiting) keep(); });
    // Whatever is sent says more, and after "erase" nothing may come back.
    document.addEventListener("submit", () => { waiting = clearTimeout(waiting); sending?.abort(); });
  }

  // What is too long is told while it is typed, and never cut.
  for (const field of all("[data-most]")) field.oninput = () => {
    const left = field.dataset.most - field.value.length;
    say(field.nextElementSibling, left < 0 ? `${-left} tekens te veel` : left < 200 ? `nog ${left} tekens` : "");
  };

  // One click, one submission.
  for (const form of all("form[method=post]")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "1";
    });
  }
  addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => delete form.dataset.sent));

  document.querySelector("[data-faults]")?.focus();
})();
