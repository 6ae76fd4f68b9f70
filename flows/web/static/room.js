// All pages work without this. It searches while somebody types, goes to the search at "/", and looks
// again for what is being worked out.
"use strict";

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, select, textarea");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    (document.getElementById("q") || document.getElementById("find")).focus();
  } else if (event.key === "Escape" && typing) {
    event.target.blur();
  }
});

// What is being worked out is there soon.
if (document.querySelector("[data-again]")) setTimeout(() => location.reload(), 2000);

const form = document.getElementById("search");
const results = document.getElementById("results");
if (form && results) {
  let waiting = 0;
  let asked = 0;
  const look = async () => {
    const mine = ++asked;
    const given = new URLSearchParams(new FormData(form));
    for (const [name, value] of [...given]) if (!value) given.delete(name);
    const answer = await fetch(`/search?${given}&part=1`);
    // An answer that comes late belongs to words that are not there any more.
    if (!answer.ok || mine !== asked) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    results.replaceChildren(...page.body.childNodes);
    history.replaceState(null, "", `/search?${given}`);
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(look, 250);
  });
}
