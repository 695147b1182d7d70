// Without this script everything works; with it, what runs is shown as it goes on, and a choice
// of a list is taken at once.
"use strict";

for (const select of document.querySelectorAll("form.filter select")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}

const live = document.querySelector("[data-live]");

async function refresh() {
  if (document.hidden) return;
  const answer = await fetch(live.dataset.live).catch(() => null);
  if (answer && answer.ok) {
    const text = await answer.text();
    const found = new DOMParser().parseFromString(text, "text/html").querySelector("[data-live]");
    if (found) live.replaceChildren(...found.childNodes);
  }
}

if (live) setInterval(refresh, 2000);
