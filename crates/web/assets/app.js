// Comforts for the keyboard. Every page works without this file.
"use strict";
(() => {
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const typing = (el) => el && (/^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName) || el.isContentEditable);

  const step = (by) => {
    const all = rows();
    if (!all.length) return;
    const here = all.indexOf(document.activeElement?.closest("[data-row]"));
    const next = all[Math.min(all.length - 1, Math.max(0, here < 0 ? 0 : here + by))];
    const link = next.querySelector("a, summary, button");
    if (link) {
      link.focus();
      next.scrollIntoView({ block: "nearest" });
    }
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "/") {
      const ask = document.getElementById("ask");
      if (ask) {
        event.preventDefault();
        ask.focus();
        ask.select();
      }
    } else if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
  });
})();
