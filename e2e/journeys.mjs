// What a person does over several pages: with the keyboard alone, and with a file.

import { barriers, excerpt } from "./checks.mjs";
import { UPLOAD } from "./pages.mjs";

/** Tab stops from the start of a page within which the ask box must come. */
const STOPS_TO_ASK_BOX = 14;

const focused = (page) =>
  page.evaluate(() => {
    const { id, textContent } = document.activeElement;
    return { id, text: textContent.trim(), href: document.activeElement.getAttribute("href") };
  });

/** First stop: the skip link, which works. Then the ask box; Enter sends the question. */
export async function keyboard(tab, question = "CVE-2021-44228") {
  const { page } = tab;
  const checks = [];
  const check = (what, problem) => checks.push({ what, problem: problem || undefined });

  await tab.walk([]);
  await page.keyboard.press("Tab");
  const first = await focused(page);
  const skips = /skip/i.test(first.text) && first.href === "#main";
  check("the first stop skips to the content", !skips && `it is "${excerpt(first.text)}"`);
  await page.keyboard.press("Enter");
  const landed = await focused(page);
  check("skipping moves the focus", landed.id !== "main" && `focus is on "${landed.id}"`);

  await page.reload();
  let stops = 0;
  do {
    await page.keyboard.press("Tab");
    stops += 1;
  } while ((await focused(page)).id !== "ask" && stops < STOPS_TO_ASK_BOX);
  const reached = (await focused(page)).id === "ask";
  check("the ask box is near", !reached && `not within ${STOPS_TO_ASK_BOX} stops`);
  if (!reached) return checks;
  await page.keyboard.type(question);
  await tab.arrive(() => page.keyboard.press("Enter"));
  const asked = tab.place === `/?q=${question}`;
  check("Enter sends the question", !asked && `at ${tab.place}`);
  return checks;
}

/** An SBOM is received and its receipt shown. */
export async function upload(tab) {
  const bytes = Buffer.from(JSON.stringify(bill()));
  const checks = await send(tab, "bill.cdx.json", bytes, UPLOAD.receipt);
  const accepted = tab.status < 400;
  checks.push({ what: "is accepted", problem: accepted ? undefined : `status ${tab.status}` });
  return checks;
}

/** A broken file is refused with its place, and the server goes on. */
export async function badUpload(tab) {
  const broken = Buffer.from('{\n  "bomFormat": "CycloneDX",\n  "specVersion": "1.6",\n  "components": [');
  const checks = await send(tab, "broken.cdx.json", broken, [...UPLOAD.refusal, /line|byte|column/i]);
  const refused = tab.status >= 400 && tab.status < 500;
  checks.push({ what: "is refused", problem: refused ? undefined : `status ${tab.status}` });
  await tab.walk([]);
  checks.push({ what: "the server goes on", problem: tab.status === 200 ? undefined : `status ${tab.status}` });
  return checks;
}

/** Every page that a workspace's pages lead to is one of its own, and says whose record it is. */
export async function stays(tab, { name, maker }) {
  const own = `/w/${name}/`;
  const common = ["/workspaces"];
  const waiting = [own];
  const seen = new Set(waiting);
  const checks = [];
  while (waiting.length > 0) {
    const place = waiting.pop();
    await tab.step({ open: place });
    if (tab.status !== 200) checks.push({ what: place, problem: `status ${tab.status}` });
    const header = await tab.page.locator("header.bar").innerText();
    if (!header.includes(maker)) checks.push({ what: place, problem: `its header does not name ${maker}` });
    const addresses = await tab.page.locator("a[href], form[action]").evaluateAll((all) =>
      all.map((one) => [one.getAttribute("href") ?? one.getAttribute("action"), one.method === "post"]),
    );
    for (const [address, sends] of addresses.filter(([address]) => address.startsWith("/"))) {
      const [page] = address.split(/[?#]/);
      if (!page.startsWith(own) && !common.includes(page)) {
        checks.push({ what: place, problem: `it leads to ${address}` });
      } else if (page.startsWith(own) && !page.includes("/api/") && !seen.has(page) && !sends) {
        seen.add(page);
        waiting.push(page);
      }
    }
  }
  checks.push({ what: `${seen.size} pages`, problem: seen.size > 4 ? undefined : "too few to mean anything" });
  return checks;
}

/** The record is forked as of a moment of today by the form, and the twin is there at once. */
export async function fork(tab, name) {
  await tab.walk([{ follow: /^\/twins$/ }]);
  await tab.page.fill("#twin-name", name);
  await tab.page.fill("#twin-reason", "Exercise of the response team");
  await tab.arrive(() => tab.page.locator("#fork button[type=submit]").click());
  const link = await tab.page.locator(`a[href="/t/${name}/"]`).count();
  return [{ what: "is in the list", problem: link === 1 ? undefined : `${link} links to it at ${tab.place}` }];
}

/** Something is changed in the twin: the original does not move. Then the twin is thrown away. */
export async function discard(tab, name) {
  const entries = async (place) => {
    await tab.step({ open: place });
    const link = await tab.link(/\/ledger$/);
    return (await link.innerText()).trim();
  };
  const twin = `/t/${name}`;
  const before = { original: await entries("/"), twin: await entries(`${twin}/`) };
  await tab.step({ open: `${twin}/products` });
  await tab.step({ follow: new RegExp(`^${twin}/versions/[^/?#]+$`) });
  await tab.step({ open: `${tab.place}?tab=sbom` });
  const field = tab.page.locator('form[enctype="multipart/form-data"] input[type="file"]').first();
  const buffer = Buffer.from(JSON.stringify(bill()));
  await field.setInputFiles({ name: "exercise.cdx.json", mimeType: "application/json", buffer });
  const reason = tab.page.locator('form[enctype="multipart/form-data"] [name="reason"]').first();
  if ((await reason.count()) > 0) await reason.fill("Exercise");
  await tab.arrive(() => tab.page.locator('form[enctype="multipart/form-data"] button[type="submit"]').first().click());
  const checks = [{ what: "an SBOM is accepted", problem: tab.status < 400 ? undefined : `status ${tab.status}` }];
  const after = { original: await entries("/"), twin: await entries(`${twin}/`) };
  const check = (what, holds) => checks.push({ what, problem: holds ? undefined : JSON.stringify({ before, after }) });
  check("the twin moved", before.twin !== after.twin);
  check("the original did not", before.original === after.original);
  await tab.step({ open: "/twins" });
  await tab.page.locator("summary", { hasText: "Discard" }).first().click();
  await tab.page.fill(`#again-${name}`, name);
  await tab.arrive(() => tab.page.locator("details[open] button", { hasText: "Discard for ever" }).click());
  await tab.step({ open: `${twin}/` });
  checks.push({ what: "it is gone", problem: tab.status === 404 ? undefined : `status ${tab.status}` });
  return checks;
}

/** A page of a twin says so. */
export async function marked(tab, name) {
  await tab.step({ open: `/t/${name}/products` });
  const [banner, title] = [await tab.page.locator(".banner-twin").innerText(), await tab.page.title()];
  return [
    { what: "its banner names it", problem: banner.includes(name) ? undefined : banner },
    { what: "its title names it", problem: title.startsWith(`Twin ${name}: `) ? undefined : title },
  ];
}

async function send(tab, name, buffer, shows) {
  await tab.walk(UPLOAD.way);
  const field = tab.page.locator('form[enctype="multipart/form-data"] input[type="file"]').first();
  await field.setInputFiles({ name, mimeType: "application/json", buffer });
  await tab.page.locator('form[enctype="multipart/form-data"] input[name="reason"]').first().fill("Another build of the same version");
  const button = tab.page.locator('form[enctype="multipart/form-data"] button[type="submit"]').first();
  await tab.arrive(() => button.click());
  const text = await tab.page.locator("main").innerText();
  const checks = shows.map((pattern) => ({
    what: `shows ${pattern}`,
    problem: pattern.test(text) ? undefined : `not in: ${excerpt(text)}`,
  }));
  checks.push({ what: "is accessible", problem: (await barriers(tab.page)) || undefined });
  return checks;
}

/** A small CycloneDX document, different each time, so that it is never one already received. */
function bill() {
  const component = (name, group, version) => ({
    type: "library",
    "bom-ref": name,
    group,
    name,
    version,
    purl: `pkg:maven/${group}/${name}@${version}`,
  });
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${crypto.randomUUID()}`,
    version: 1,
    metadata: { component: { type: "device", "bom-ref": "device", name: "Trial device" } },
    components: [
      component("log4j-core", "org.apache.logging.log4j", "2.14.1"),
      component("gson", "com.google.code.gson", "2.10.1"),
    ],
    dependencies: [{ ref: "device", dependsOn: ["log4j-core", "gson"] }],
  };
}
