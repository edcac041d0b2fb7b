/* A long form is kept while somebody types in it; what the server finds meanwhile is shown beside it. */
(() => {
  "use strict";
  for (const form of document.querySelectorAll("form[data-draft]")) {
    const state = form.querySelector("[data-draft-state]");
    const say = (text) => { if (state.textContent !== text) state.textContent = text; };
    const held = (region) => region.contains(document.activeElement);
    let timer, sending;

    const show = (page) => {
      for (const region of form.querySelectorAll("[data-fresh]")) {
        const fresh = page.getElementById(region.id);
        // Never under somebody's hands.
        if (fresh && !held(region) && fresh.innerHTML !== region.innerHTML) region.replaceChildren(...fresh.childNodes);
      }
    };
    const keep = async () => {
      sending?.abort();
      sending = new AbortController();
      try {
        const body = new URLSearchParams(new FormData(form));
        const answer = await fetch(form.dataset.draft, { method: "POST", body, signal: sending.signal, headers: { Accept: "text/html" } });
        if (!answer.ok) throw new Error(String(answer.status));
        show(new DOMParser().parseFromString(await answer.text(), "text/html"));
        say("Concept bewaard.");
      } catch (error) {
        if (error.name !== "AbortError") say("Het concept is niet bewaard: geen verbinding.");
      }
    };
    form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(keep, 500); });
    form.addEventListener("submit", () => { clearTimeout(timer); sending?.abort(); });
  }
})();
