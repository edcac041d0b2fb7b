/* A long form for people at a desk: keys that lead to its fields, and a draft that is kept while somebody types. */
(() => {
  "use strict";
  const KEEP_AFTER = 500, KEEP_WITHIN = 2000, AGAIN_AFTER = 5000;

  // F2 and a letter lead where the browser's own Alt and letter lead: in every browser, beside any screen reader.
  const keysOn = document.getElementById("keys-on");
  const said = document.querySelector("[data-said]");
  const tell = (text) => { if (said && said.textContent !== text) said.textContent = text; };
  let armed = false;
  const arm = (on) => {
    armed = on;
    document.body.classList.toggle("bm-armed", on);
    tell(on ? "Druk op de letter van het veld." : "");
  };
  const go = (target) => {
    target.focus();
    if (target.matches("[type=checkbox], [type=radio], button, a")) target.click();
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keysOn?.checked) return;
    if (event.key === "F2") arm(!armed);
    else if (armed && event.key.length === 1) {
      arm(false);
      const target = document.querySelector(`[accesskey="${CSS.escape(event.key.toLowerCase())}"]`);
      if (target) go(target);
      else tell("Bij die toets hoort geen veld.");
    } else if (armed && event.key === "Escape") arm(false);
    else return;
    event.preventDefault();
  });

  // A form of thirty fields is not sent by a slip of the hand.
  const isEnter = (event) => event.key === "Enter" && event.target.matches("input, select");
  for (const form of document.querySelectorAll(".bm-desk")) {
    form.addEventListener("keydown", (event) => {
      if (!isEnter(event)) return;
      event.preventDefault();
      tell("Enter verstuurt niet.");
    });
  }

  for (const form of document.querySelectorAll("form[data-draft]")) {
    const held = (region) => region.contains(document.activeElement) || document.activeElement.id === region.dataset.freshAfter;
    let timer, sending, since = 0, left = false;

    const show = (page) => {
      const found = [];
      for (const region of form.querySelectorAll("[data-fresh]")) {
        const fresh = page.getElementById(region.id);
        // Never under somebody's hands.
        if (!fresh || held(region) || fresh.innerHTML === region.innerHTML) continue;
        region.replaceChildren(...fresh.childNodes);
        if (region.querySelector("[type=radio]")) found.push(region.dataset.found);
      }
      return found.join(" ");
    };
    const keep = async () => {
      clearTimeout(timer);
      since = 0;
      sending?.abort();
      const mine = (sending = new AbortController());
      try {
        const body = new URLSearchParams(new FormData(form));
        const answer = await fetch(form.dataset.draft, { method: "POST", body, signal: mine.signal, keepalive: true, headers: { Accept: "text/html" } });
        if (!answer.ok) throw new Error(String(answer.status));
        const found = show(new DOMParser().parseFromString(await answer.text(), "text/html"));
        if (!armed) tell(`Concept bewaard. ${found}`);
      } catch (error) {
        if (error.name === "AbortError" || left) return;
        tell("Het concept is niet bewaard: geen verbinding. Wij proberen het opnieuw.");
        timer = setTimeout(keep, AGAIN_AFTER);
      }
    };
    form.addEventListener("input", () => {
      // Also while somebody types on without a pause.
      since ||= Date.now();
      clearTimeout(timer);
      timer = setTimeout(keep, Math.max(0, Math.min(KEEP_AFTER, since + KEEP_WITHIN - Date.now())));
    });
    form.addEventListener("change", keep);
    form.addEventListener("keydown", (event) => { if (isEnter(event)) keep(); });
    document.addEventListener("visibilitychange", () => { if (document.hidden && since) keep(); });
    form.addEventListener("submit", () => { left = true; clearTimeout(timer); since = 0; sending?.abort(); });

    const first = document.activeElement;
    if (first?.matches("textarea")) first.setSelectionRange(first.value.length, first.value.length);
  }
})();
