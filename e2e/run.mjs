// Opens every page of the product in Chromium, on a phone and on a desktop.
//
//   node e2e/run.mjs --binary PATH [--chromium PATH] [--target DIR] [--pictures]
//
// `--pictures` only takes the pictures that documents show. Called by `cargo xtask`.

import { mkdir, mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { SCREENS, withTab } from "./browser.mjs";
import { barriers, checkPage } from "./checks.mjs";
import { CASEWORK, casework, freePort } from "./casework.mjs";
import { badUpload, discard, fork, keyboard, marked, stays, upload } from "./journeys.mjs";
import { NORTH, OUTSIDE, PAGES, PEOPLE, PICTURES, PORTAL, SIGNALS, TWIN, TWINS, WORKSPACES } from "./pages.mjs";
import { byName, passkey } from "./passkeys.mjs";
import { addWorkspace, startDemo } from "./product.mjs";
import { singleSignOn, startProvider } from "./provider.mjs";
import { cosigned, delegated, join, people, refused, signIn } from "./signing.mjs";
import { Tally } from "./tally.mjs";
import { findings, knowledge, triage } from "./triage.mjs";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { values: wish } = parseArgs({
  options: {
    binary: { type: "string" },
    chromium: { type: "string", default: "/usr/bin/chromium" },
    target: { type: "string", default: path.join(root, "target") },
    pictures: { type: "boolean", default: false },
  },
});

/** Who looks at all pages. */
const READER = "anna.berg";

/** Every page on one screen; on the desktop also in dark colours. */
async function visitAll(tab, screen, album, tally, pages = PAGES) {
  for (const wanted of pages) {
    const file = (suffix) =>
      path.join(album, `${wanted.name.replaceAll(" ", "-")}-${screen}${suffix}.png`);
    await tally.run(`${screen}: ${wanted.name}`, async () => {
      await tab.walk(wanted.way);
      const checks = await checkPage(tab, wanted);
      await tab.page.screenshot({ path: file(""), fullPage: true });
      if (screen === "desktop") {
        await tab.page.emulateMedia({ colorScheme: "dark" });
        const contrast = { runOnly: ["color-contrast"] };
        const problem = (await barriers(tab.page, contrast)) || undefined;
        checks.push({ what: "is readable in dark colours", problem });
        await tab.page.screenshot({ path: file("-dark"), fullPage: true });
        await tab.page.emulateMedia({ colorScheme: "light" });
      }
      return checks;
    });
  }
}

async function takePictures(tab, tally) {
  for (const { file, way } of PICTURES) {
    await tally.run(file, async () => {
      await tab.walk(way);
      await mkdir(path.dirname(path.join(root, file)), { recursive: true });
      await tab.page.screenshot({ path: path.join(root, file) });
      return [{ what: "shows a page", problem: tab.status === 200 ? undefined : `status ${tab.status}` }];
    });
  }
}

/** A record of its own, in which one version has as many findings as a scanner likes to give. */
async function withLongTail(binary, scratch) {
  const folder = await mkdtemp(path.join(scratch, "data-"));
  let demo;
  await tally.run("a record with a long tail", async () => {
    await knowledge(binary, folder);
    demo = await startDemo(binary, folder);
    return [{ what: "is served" }];
  });
  if (demo) {
    const browser = { executable: wish.chromium, scratch, base: demo.base, screen: "desktop" };
    await withTab(browser, async (tab) => {
      await signIn(tab, (await people(folder)).get(READER));
      await tally.run("findings wait in the queue", () => findings(tab));
      await tally.run("triage by keyboard", () => triage(tab));
    }).catch((error) => tally.add("triage", [{ what: "the browser works", problem: error.message }]));
    await demo.stop();
  }
  await rm(folder, { recursive: true, force: true });
}

/** A record of its own, whose server knows its address: a case from the public form to its closing. */
async function withOneCase(binary, scratch) {
  const folder = await mkdtemp(path.join(scratch, "data-"));
  let demo;
  await tally.run("a record for one case", async () => {
    const port = await freePort();
    demo = await startDemo(binary, folder, { AFTERCARE_ORIGIN: `http://127.0.0.1:${port}` }, port);
    return [{ what: "is served" }];
  });
  if (demo) {
    const browser = { executable: wish.chromium, scratch, base: demo.base, screen: "desktop" };
    await withTab(browser, async (tab) => {
      const step = casework(tab, await people(folder));
      for (const [heading, part] of CASEWORK) await tally.run(heading, () => step(part));
    }).catch((error) => tally.add("casework", [{ what: "the browser works", problem: error.message }]));
    await demo.stop();
  }
  await rm(folder, { recursive: true, force: true });
}

/** The same installation once more, with a second manufacturer in it. */
async function withTwoMakers(binary, data, { scratch, album }) {
  let demo, invitation;
  await tally.run("a second workspace is made", async () => {
    invitation = await addWorkspace(binary, data, NORTH, READER);
    demo = await startDemo(binary, data);
    return [{ what: "both are served" }];
  });
  if (!demo) return;
  for (const screen of Object.keys(SCREENS)) {
    await withTab({ executable: wish.chromium, scratch, base: demo.base, screen }, async (tab) => {
      const anna = (await people(data)).get(READER);
      await signIn(tab, anna);
      if (invitation) {
        await join(tab, anna, `/w/${NORTH.name}`, invitation);
        invitation = undefined;
      }
      await signIn(tab, anna, `/w/${NORTH.name}`);
      await visitAll(tab, screen, album, tally, WORKSPACES);
      await tally.run(`${screen}: every link of a workspace stays in it`, () => stays(tab, NORTH));
    }).catch((error) => tally.add(screen, [{ what: "the browser works", problem: error.message }]));
  }
  await demo.stop();
}

const tally = new Tally();
if (!wish.binary) {
  tally.add("call", [{ what: "--binary", problem: "name the built binary `aftercare`" }]);
} else {
  const scratch = path.join(wish.target, "e2e");
  const album = path.join(wish.target, "screenshots");
  await mkdir(scratch, { recursive: true });
  await mkdir(album, { recursive: true });
  const data = await mkdtemp(path.join(scratch, "data-"));
  let demo, provider;
  await tally.run("the demo starts", async () => {
    provider = await startProvider(root);
    demo = await startDemo(path.resolve(wish.binary), data, provider.settings);
    await provider.knows(demo.base);
    return [{ what: "prints its address" }];
  });
  if (demo) {
    const browser = { executable: wish.chromium, scratch, base: demo.base };
    const on = (screen, work) =>
      withTab({ ...browser, screen }, work).catch((error) =>
        tally.add(screen, [{ what: "the browser works", problem: error.message }]),
      );
    const signers = await people(data);
    const anna = signers.get(READER);
    if (wish.pictures) {
      await on("desktop", async (tab) => {
        await signIn(tab, anna);
        await takePictures(tab, tally);
      });
    } else {
      for (const screen of Object.keys(SCREENS)) {
        await on(screen, async (tab) => {
          await visitAll(tab, screen, album, tally, OUTSIDE);
          await visitAll(tab, screen, album, tally, PORTAL);
          await signIn(tab, anna);
          await visitAll(tab, screen, album, tally);
          await visitAll(tab, screen, album, tally, PEOPLE);
          await visitAll(tab, screen, album, tally, SIGNALS);
          if (screen === "desktop") await tally.run("keyboard alone", () => keyboard(tab));
          await tally.run(`${screen}: an SBOM by the form`, () => upload(tab));
          await tally.run(`${screen}: a broken file by the form`, () => badUpload(tab));
          if (screen === "desktop") {
            await tally.run("a decision is co-signed", () => cosigned(tab, signers));
            await tally.run("a decision is refused", () => refused(tab, signers));
            await tally.run("a delegate signs", () => delegated(tab, signers));
            await signIn(tab, anna);
          }
          await tally.run(`${screen}: a twin is forked`, () => fork(tab, TWIN));
          await signIn(tab, anna, `/t/${TWIN}`);
          await visitAll(tab, screen, album, tally, TWINS);
          await tally.run(`${screen}: a twin is marked`, () => marked(tab, TWIN));
          await tally.run(`${screen}: a twin is worked in and thrown away`, () => discard(tab, TWIN));
        });
      }
    }
    if (!wish.pictures) {
      await on("desktop", (tab) => tally.run("single sign-on", () => singleSignOn(tab, signers, provider)));
      const local = { ...browser, base: byName(demo.base), screen: "desktop" };
      await withTab(local, (tab) => tally.run("a passkey signs in and signs", () => passkey(tab, signers))).catch(
        (error) => tally.add("passkeys", [{ what: "the browser works", problem: error.message }]),
      );
    }
    await demo.stop();
    if (!wish.pictures) {
      await withTwoMakers(path.resolve(wish.binary), data, { scratch, album });
      await withLongTail(path.resolve(wish.binary), scratch);
      await withOneCase(path.resolve(wish.binary), scratch);
    }
  }
  await provider?.stop();
  await rm(data, { recursive: true, force: true });
}
tally.close();
