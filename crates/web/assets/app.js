// Comforts for the keyboard, and passkeys, which browsers give to scripts alone. All else works without this file.
"use strict";
(() => {
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const typing = (el) =>
    el && (/^(TEXTAREA|SELECT)$/.test(el.tagName) || el.isContentEditable || (el.tagName === "INPUT" && el.type !== "checkbox"));

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

// Triage of the queue by keys. The form does the same without them.
(() => {
  const form = document.querySelector("[data-triage]");
  if (!form) return;
  const picks = () => [...form.querySelectorAll("[data-pick]")];
  const told = form.querySelector("[data-picked]");
  const count = () => {
    told.textContent = picks().filter((one) => one.checked).length;
    for (const one of picks()) one.closest("tr").classList.toggle("picked", one.checked);
  };
  for (const part of form.querySelectorAll("[data-with-script]")) part.hidden = false;
  told.setAttribute("aria-live", "polite");
  form.addEventListener("change", count);
  count(); // a page that was left and came back keeps its boxes

  let last; // the row to come back to
  const here = () => document.activeElement?.closest("[data-row]");
  const open = (key) => {
    const part = form.querySelector(`details[data-key="${key}"]`);
    if (!part) return false;
    last = here() ?? last;
    part.open = key !== "?" || !part.open;
    (part.querySelector("select, input, textarea") ?? part.querySelector("summary")).focus();
    part.scrollIntoView({ block: "nearest" });
    return true;
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const el = event.target;
    const field = /^(TEXTAREA|SELECT)$/.test(el.tagName) || (el.tagName === "INPUT" && el.type !== "checkbox");
    if (field && form.contains(el)) {
      if (event.key === "Escape") (last ?? form).querySelector("a")?.focus();
      // Enter in a line means the button of its own part, not the first of the form.
      const button = el.tagName === "INPUT" && el.closest("details")?.querySelector("button[type=submit]");
      if (event.key === "Enter" && button) {
        event.preventDefault();
        button.click();
      }
    }
    if (field) return;
    if (event.key === "x") {
      const row = here() ?? form.querySelector("[data-row]");
      const pick = row?.querySelector("[data-pick]");
      if (!pick) return;
      pick.checked = !pick.checked;
      if (!here()) row.querySelector("a")?.focus();
      count();
    } else if (event.key === "a") {
      const all = picks();
      const every = all.every((one) => one.checked);
      for (const one of all) one.checked = !every;
      count();
    } else if (!["n", "c", "d", "?"].includes(event.key) || !open(event.key)) return;
    event.preventDefault();
  });
})();

// Passkeys: a button asks the server what is to be answered, the authenticator answers, the form takes it along.
(() => {
  const credentials = window.PublicKeyCredential;
  if (!credentials?.parseCreationOptionsFromJSON || !credentials.parseRequestOptionsFromJSON) return;

  const answered = async (part, form) => {
    const mark = form.elements.mark?.value;
    const asked = await fetch(part.dataset.challenge, {
      method: "POST",
      body: new URLSearchParams(mark ? { mark } : {}),
    });
    const { ticket, options, said } = await asked.json();
    if (!asked.ok) throw new Error(said);
    const made =
      part.dataset.passkey === "make"
        ? await navigator.credentials.create({ publicKey: credentials.parseCreationOptionsFromJSON(options) })
        : await navigator.credentials.get({ publicKey: credentials.parseRequestOptionsFromJSON(options) });
    form.elements.passkey_ticket.value = ticket;
    form.elements.passkey_answer.value = JSON.stringify(made.toJSON());
  };

  const why = (error) => {
    if (error.name === "NotAllowedError") return "No passkey answered, or it took too long. Try again.";
    if (error.name === "InvalidStateError") return "This device has a passkey for this account already.";
    return error.message || "It did not work. Load the page again.";
  };

  for (const part of document.querySelectorAll("[data-passkey]")) {
    const form = part.closest("form");
    const button = part.querySelector("button");
    const told = part.querySelector("[role=alert]");
    part.hidden = false;
    for (const words of form.querySelectorAll("[data-without-passkey]")) words.hidden = true;
    button.addEventListener("click", async () => {
      // A proof by passkey takes the place of password and code.
      const spared = part.dataset.passkey === "prove" ? form.querySelectorAll("[name=password], [name=code]") : [];
      for (const field of spared) field.required = false;
      const complete = form.reportValidity();
      for (const field of spared) field.required = true;
      if (!complete) return;
      button.disabled = true;
      told.textContent = "";
      try {
        await answered(part, form);
        for (const field of spared) field.value = "";
        form.submit();
      } catch (error) {
        told.textContent = why(error);
        button.disabled = false;
      }
    });
  }
})();
