// Two hundred findings of a scanner's kind, triaged with the keyboard alone, as somebody would who looks at each
// row: down, choose, down, choose. Prints how long it takes.

import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { barriers, excerpt } from "./checks.mjs";
import { UPLOAD } from "./pages.mjs";

/** How many findings; the time they may take is the issue's. */
export const FINDINGS = 200;
const MINUTES_ALLOWED = 10;
/** Longest wait for the matcher, in milliseconds. */
const PATIENCE = 60_000;

const name = (n) => `mechanical-${n}`;

/** Puts an edition in use in which each of so many packages has one vulnerability. */
export async function knowledge(binary, folder) {
  const records = path.join(folder, "records");
  await mkdir(records, { recursive: true });
  for (let n = 0; n < FINDINGS; n += 1) {
    const record = {
      id: `CVE-1900-${10_000 + n}`,
      modified: "2026-01-01T00:00:00Z",
      summary: `Example weakness ${n} of a package that is only linked`,
      affected: [
        {
          package: { ecosystem: "npm", name: name(n) },
          ranges: [{ type: "SEMVER", events: [{ introduced: "0" }, { fixed: "2.0.0" }] }],
        },
      ],
    };
    await writeFile(path.join(records, `${record.id}.json`), JSON.stringify(record));
  }
  await promisify(execFile)(binary, ["--data", folder, "corpus", "import", records]);
}

function bill() {
  const components = Array.from({ length: FINDINGS }, (_, n) => ({
    type: "library",
    "bom-ref": name(n),
    name: name(n),
    version: "1.0.0",
    purl: `pkg:npm/${name(n)}@1.0.0`,
  }));
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${crypto.randomUUID()}`,
    version: 1,
    metadata: { component: { type: "device", "bom-ref": "device", name: "Device with a long tail" } },
    components,
    dependencies: [],
  };
}

/** Gives a version the SBOM, and waits until the queue holds the findings. */
export async function findings(tab) {
  await tab.walk(UPLOAD.way);
  const form = 'form[enctype="multipart/form-data"]';
  const buffer = Buffer.from(JSON.stringify(bill()));
  const file = { name: "long-tail.cdx.json", mimeType: "application/json", buffer };
  await tab.page.locator(`${form} input[type="file"]`).first().setInputFiles(file);
  await tab.page.locator(`${form} input[name="reason"]`).first().fill("A build with a long tail");
  await tab.arrive(() => tab.page.locator(`${form} button[type="submit"]`).first().click());
  const until = Date.now() + PATIENCE;
  let text = "";
  while (Date.now() < until) {
    await tab.step({ open: "/signals?kind=sbom_match&q=CVE-1900-&rows=200" });
    text = await tab.page.locator("#list h2").first().innerText();
    if (text.startsWith(`${FINDINGS} `)) return [{ what: `the queue holds ${FINDINGS} findings` }];
  }
  return [{ what: `the queue holds ${FINDINGS} findings`, problem: text }];
}

/** Chooses every row by its key, and proposes once that nothing is affected. */
export async function triage(tab) {
  const checks = [];
  const check = (what, problem) => checks.push({ what, problem: problem || undefined });
  const { keyboard } = tab.page;
  await tab.step({ open: "/signals?kind=sbom_match&q=CVE-1900-&rows=200" });
  await tab.page.evaluate(() => document.activeElement?.blur());
  const begun = Date.now();
  await keyboard.press("?");
  check("the keys are shown", (await tab.page.locator("#keys").evaluate((el) => el.open)) ? "" : "they are not");
  await keyboard.press("?");
  for (let n = 0; n < FINDINGS; n += 1) {
    await keyboard.press("j");
    await keyboard.press("x");
  }
  const ring = await tab.page.evaluate(() => {
    const style = getComputedStyle(document.activeElement);
    return style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) > 0;
  });
  check("the focus is seen", ring ? "" : "the focused row has no outline");
  const chosen = await tab.page.locator("[data-picked]").innerText();
  check("every row is chosen", chosen === String(FINDINGS) ? "" : `${chosen} are`);
  await keyboard.press("n");
  await keyboard.press("Home"); // the first justification
  await keyboard.press("Tab");
  await keyboard.type("Linked and never called");
  await keyboard.press("Tab");
  await keyboard.type("The build leaves these packages out; the linker map of the release shows it.");
  await keyboard.press("Tab");
  await tab.arrive(() => keyboard.press("Enter"));
  const seconds = (Date.now() - begun) / 1000;
  console.log(`triage of ${FINDINGS} findings by keyboard: ${seconds.toFixed(1)} s`);
  check(`it takes less than ${MINUTES_ALLOWED} minutes`, seconds < MINUTES_ALLOWED * 60 ? "" : `${seconds} s`);
  const text = await tab.page.locator("main").innerText();
  for (const pattern of [/Linked and never called/, /The component is not there/i, /CVE-1900-10000/, /CVE-1900-10199/, /Still missing/]) {
    check(`the decision shows ${pattern}`, pattern.test(text) ? "" : excerpt(text));
  }
  const settled = await tab.page.locator("#settles li").count();
  check("it names every finding", settled === FINDINGS ? "" : `${settled} of them`);
  check("it is accessible", await barriers(tab.page));
  await tab.step({ open: "/signals?kind=sbom_match&q=CVE-1900-" });
  check("none of them waits any more", (await tab.page.locator("#list h2").first().innerText()).startsWith("0 ") ? "" : "some do");
  check("nothing went wrong in the browser", tab.errors.map((error) => error.text).join("; "));
  return checks;
}
