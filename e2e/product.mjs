// The built binary, started as a person would start the demo.

import { execFile, spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

/** Longest wait for the printed address, in milliseconds: the demo fills its record first. */
const PATIENCE = 180_000;
/** Longest wait for the end after asking for it, in milliseconds. */
const FAREWELL = 10_000;

const READY = /^Aftercare is listening on (http:\/\/127\.0\.0\.1:\d+)\/?\s*$/;

/** The surroundings without any configuration of the product. */
const bare = () =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("AFTERCARE_")));

/**
 * Makes a workspace with one product and one person; nobody may serve the folder meanwhile. Answers the
 * person's invitation.
 */
export async function addWorkspace(binary, folder, { name, maker, product }, login) {
  const run = (args) => promisify(execFile)(binary, ["--data", folder, ...args], { env: bare() });
  const inventory = path.join(folder, `inventory-${name}`);
  await mkdir(inventory);
  const outline = {
    manufacturer: { name: maker },
    families: [{ key: "f", name: "Pumps" }],
    products: [{ key: "p", family: "f", name: product }],
    versions: [{ key: "v", product: "p", label: "1.0" }],
    consignees: [{ key: "c", name: "Harbour Clinic" }],
    sites: [{ key: "s", consignee: "c", name: "Ward 2" }],
  };
  await writeFile(path.join(inventory, "manufacturer.json"), JSON.stringify(outline));
  await writeFile(path.join(inventory, "units.csv"), "product,version,site,udi_di,serial\np,v,s,,N-1\n");
  await run(["workspace", "create", name, "--manufacturer", maker]);
  await run(["--workspace", name, "inventory", "load", inventory]);
  const person = ["--workspace", name, "person"];
  await run([...person, "add", login, "Anna Berg", "--role", "product_security_lead"]);
  const { stdout } = await run([...person, "invite", login]);
  return stdout.trim();
}

/**
 * Starts the demo on a port (0: a free one) with its data in `folder` and further settings; answers its address and
 * `stop`.
 */
export async function startDemo(binary, folder, settings = {}, port = 0) {
  const child = spawn(binary, ["demo", "--listen", `127.0.0.1:${port}`, "--data", folder], {
    env: { ...bare(), ...settings },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = [];
  const ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve(code ?? signal)));
  const address = new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`no address after ${PATIENCE / 1000} s; it said:\n${said.join("\n")}`)),
      PATIENCE,
    );
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        said.push(line);
        if (said.length > 200) said.shift();
        const found = READY.exec(line);
        if (found) {
          clearTimeout(timer);
          resolve(found[1]);
        }
      });
    }
    child.once("error", (error) => {
      clearTimeout(timer);
      reject(new Error(`${binary} does not start: ${error.message}`));
    });
    ended.then((code) => {
      clearTimeout(timer);
      reject(new Error(`the demo ended (${code}) before it printed its address:\n${said.join("\n")}`));
    });
  });
  const stop = async () => {
    const timer = setTimeout(() => child.kill("SIGKILL"), FAREWELL);
    child.kill("SIGTERM");
    await ended;
    clearTimeout(timer);
  };
  try {
    return { base: await address, stop };
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
}
