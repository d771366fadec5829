// What is asked of every page. Each check is `{ what, problem }`; no problem means passed.

import axe from "axe-core";

/** All checks of the page that a tab shows now. `wanted`: a row of the table of pages. */
export async function checkPage(tab, wanted) {
  const checks = [];
  const check = (what, problem) => checks.push({ what, problem: problem || undefined });

  const status = wanted.status ?? 200;
  check("is where it should be", !wanted.at.test(tab.place) && `at ${tab.place}, not ${wanted.at}`);
  check("answers as it should", tab.status !== status && `status ${tab.status}, not ${status}`);

  const frame = await tab.page.evaluate(() => ({
    headings: document.querySelectorAll("h1").length,
    language: document.documentElement.lang,
    title: document.title,
    text: document.querySelector("main")?.innerText ?? "",
    width: document.documentElement.scrollWidth,
    room: document.documentElement.clientWidth,
  }));
  check("has one main heading", frame.headings !== 1 && `${frame.headings} h1`);
  check("names itself", (!frame.title || !frame.language) && "no title or no language");
  for (const pattern of wanted.shows) {
    check(`shows ${pattern}`, !pattern.test(frame.text) && `not in: ${excerpt(frame.text)}`);
  }
  check("fits the screen", frame.width > frame.room && `${frame.width} px wide on ${frame.room} px`);

  check("is accessible", await barriers(tab.page));
  check("is quiet", unexpected(tab, status).join("; "));
  check("asks no other host", tab.foreign.join("; "));
  return checks;
}

/** Serious and critical findings of axe as text; all findings are printed. */
export async function barriers(page, options = {}) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(
    (chosen) => globalThis.axe.run(document, { resultTypes: ["violations"], ...chosen }),
    options,
  );
  const grave = [];
  for (const { id, impact, help, nodes } of violations) {
    const where = nodes.slice(0, 3).map((node) => node.target.join(" "));
    const line = `${impact}: ${id}: ${help} (${nodes.length} times: ${where.join(", ")})`;
    if (["serious", "critical"].includes(impact)) grave.push(line);
    else console.log(`    axe, ${line}`);
  }
  return grave.join("; ");
}

/** Errors heard, without the browser's own remark that the page is the 404 it should be. */
function unexpected(tab, status) {
  const own = (error) =>
    status >= 400 && error.url === tab.page.url() && error.text.includes(`${status}`);
  return tab.errors.filter((error) => !own(error)).map((error) => error.text);
}

export function excerpt(text) {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 300 ? `${line.slice(0, 300)} ...` : line || "(nothing)";
}
