// Tests of the suite itself, against a tiny server with one good page and one page per fault: each
// check must be able to fail, and only the right one may.
//
//   node e2e/selftest.mjs [--chromium PATH] [--target DIR]

import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { withTab } from "./browser.mjs";
import { checkPage } from "./checks.mjs";
import { keyboard } from "./journeys.mjs";
import { startDemo } from "./product.mjs";
import { Tally } from "./tally.mjs";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { values: wish } = parseArgs({
  options: {
    chromium: { type: "string", default: "/usr/bin/chromium" },
    target: { type: "string", default: path.join(root, "target") },
  },
});

const ASK = `<form action="/"><label for="ask">Question</label> <input id="ask" name="q"></form>`;
const whole = (body, head = "") => `<!doctype html><html lang="en"><head><title>Trial</title>
  <meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">${head}</head>
  <body><a href="#main">Skip to content</a> <nav aria-label="Main"><a href="/list">List</a></nav>
  <main id="main" tabindex="-1"><h1>Trial</h1>${body}</main></body></html>`;

// Path -> the page, and the checks that must fail there, no others. What a page may not load is also
// heard as an error; a page without a title is a barrier too.
const FAULTS = {
  "/silent": [whole("<p>Nothing of it.</p>"), "shows /units/"],
  "/two": [whole("<p>units</p><h1>Again</h1>"), "has one main heading"],
  "/nameless": [whole("<p>units</p>").replace("<title>Trial</title>", "<title></title>"), "names itself", "is accessible"],
  "/wide": [whole('<p>units</p><div class="wide">x</div>', "<style>.wide{width:3000px}</style>"), "fits the screen"],
  "/barrier": [whole('<p>units</p><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">'), "is accessible"],
  "/inline": [whole('<p onclick="f()">units</p><script>window.x = 1</script>'), "is quiet"],
  "/broken": [whole('<p>units</p><script src="/broken.js"></script>'), "is quiet"],
  "/outside": [whole('<p>units</p><img alt="" src="http://elsewhere.invalid/a.png">'), "is quiet", "asks no other host"],
};

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, "http://trial");
  const pages = {
    "/": whole(`${ASK}<p>units</p><p><a href="/good">Good</a></p>`),
    "/list": whole('<p><a href="/good">Good</a></p>'),
    "/good": whole("<p>units</p>"),
    ...Object.fromEntries(Object.entries(FAULTS).map(([at, [text]]) => [at, text])),
  };
  if (pathname === "/broken.js") {
    response.writeHead(200, { "content-type": "text/javascript" }).end("throw new Error('broken')");
    return;
  }
  // Pictures of the outside are let through by the policy, so that the check of hosts sees them.
  response.writeHead(pages[pathname] ? 200 : 404, {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy":
      "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src data: http:; form-action 'self'",
  });
  response.end(pages[pathname] ?? whole("<p>not found</p>"));
});

const tally = new Tally();
const test = (name, body) =>
  tally.run(`selftest: ${name}`, async () => {
    await body();
    return [{ what: name }];
  });
const failing = (checks) => checks.filter((check) => check.problem).map((check) => check.what);

await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const base = `http://127.0.0.1:${server.address().port}`;
const scratch = path.join(wish.target, "e2e");
await mkdir(scratch, { recursive: true });

for (const screen of ["phone", "desktop"]) {
  await test(`a good page passes on a ${screen}`, () =>
    withTab({ executable: wish.chromium, scratch, screen, base }, async (tab) => {
      await tab.walk([{ follow: /^\/list$/ }, { follow: /^\/good$/ }]);
      assert.deepEqual(failing(await checkPage(tab, { at: /^\/good$/, shows: [/units/] })), []);
    }),
  );
}
await withTab({ executable: wish.chromium, scratch, screen: "desktop", base }, async (tab) => {
  for (const [at, [, ...faults]] of Object.entries(FAULTS)) {
    await test(`${at} fails where it should`, async () => {
      await tab.walk([{ open: at }]);
      const found = failing(await checkPage(tab, { at: /^\/\w+$/, shows: [/units/] }));
      assert.deepEqual(found, faults);
    });
  }
  await test("a wrong place and a wrong status are seen", async () => {
    await tab.walk([{ open: "/nowhere" }]);
    const found = failing(await checkPage(tab, { at: /^\/good$/, status: 410, shows: [] }));
    assert.deepEqual(found, ["is where it should be", "answers as it should", "is quiet"]);
  });
  await test("a wanted 404 is no error", async () => {
    await tab.walk([{ open: "/nowhere" }]);
    assert.deepEqual(failing(await checkPage(tab, { at: /^\/nowhere$/, status: 404, shows: [] })), []);
  });
  await test("a missing link is told by its pattern", async () => {
    await assert.rejects(tab.walk([{ follow: /^\/missing$/ }]), /no visible link to \/\^\\\/missing\$\//);
  });
  await test("asking and the keyboard work", async () => {
    await tab.walk([{ ask: "openssl" }]);
    assert.equal(tab.place, "/?q=openssl");
    assert.deepEqual(failing(await keyboard(tab, "zlib")), []);
  });
});
server.close();
server.closeAllConnections();

// A stand-in for the binary, to see that the address is read and the process ended.
const folder = await mkdtemp(path.join(scratch, "stand-in-"));
const standIn = async (lines) => {
  const file = path.join(folder, "stand-in");
  await writeFile(file, `#!/bin/sh\n${lines}\n`);
  await chmod(file, 0o755);
  return file;
};
await test("the demo's address is read and the demo is stopped", async () => {
  const demo = await startDemo(
    await standIn('echo "Filling the record"\necho "Aftercare is listening on http://127.0.0.1:4321"\nexec cat /dev/zero >/dev/null'),
    folder,
  );
  assert.equal(demo.base, "http://127.0.0.1:4321");
  await demo.stop();
});
await test("a demo that ends early is told with its words", async () => {
  await assert.rejects(
    startDemo(await standIn('echo "the port is taken" >&2\nexit 2'), folder),
    /ended \(2\)[^]*the port is taken/,
  );
});
await rm(folder, { recursive: true, force: true });
tally.close();
