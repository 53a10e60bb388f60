// Where the runtimes are that the built tests run in, and how to run a script in each of them.
import { spawn } from "node:child_process";
import { createReadStream, existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, extname, join, normalize } from "node:path";

interface RuntimeDefinition {
  /** The environment variable that holds its path. */
  readonly variable: string;
  /** What it is called on PATH. */
  readonly names: readonly string[];
  readonly get: string;
  /** Not everywhere to be had: absent, it is skipped even where runtimes are required. */
  readonly optional?: boolean;
}

const npmPackage = (name: string): string => `npm install ${name} in a folder of its own`;

const definitions = {
  node20: { variable: "NODE20_PATH", names: ["node20"], get: npmPackage("node@20") },
  node22: { variable: "NODE22_PATH", names: ["node22"], get: npmPackage("node@22") },
  node24: { variable: "NODE24_PATH", names: ["node24"], get: npmPackage("node@24") },
  deno: { variable: "DENO_PATH", names: ["deno"], get: npmPackage("deno") },
  bun: { variable: "BUN_PATH", names: ["bun"], get: npmPackage("bun") },
  chromium: {
    variable: "CHROMIUM_PATH",
    names: ["chromium", "chromium-browser", "google-chrome"],
    get: "apt-get install chromium",
  },
  firefox: {
    variable: "FIREFOX_PATH",
    names: ["firefox-esr", "firefox"],
    get: "apt-get install firefox-esr",
    optional: true,
  },
} as const satisfies Record<string, RuntimeDefinition>;

export type RuntimeName = keyof typeof definitions;
export type BrowserName = "chromium" | "firefox";
export type ServerRuntimeName = Exclude<RuntimeName, BrowserName>;

export const serverRuntimes: readonly ServerRuntimeName[] = ["node20", "node22", "node24", "deno", "bun"];
export const browsers: readonly BrowserName[] = ["chromium", "firefox"];

/** The path of a runtime's program: from its environment variable, this very Node, or PATH. */
export function runtimePath(name: RuntimeName): string | undefined {
  const { variable, names } = definitions[name];
  const told = process.env[variable];
  if (told) return told;
  if (name === `node${process.versions.node.split(".")[0]}`) return process.execPath;
  const directories = (process.env["PATH"] ?? "").split(delimiter);
  return directories.flatMap((directory) => names.map((file) => join(directory, file))).find(existsSync);
}

/** Run once before the tests: a line for each runtime that is missing, or an error where all are required. */
export default function reportMissingRuntimes(): void {
  for (const [name, definition] of Object.entries(definitions) as [RuntimeName, RuntimeDefinition][]) {
    if (runtimePath(name) !== undefined) continue;
    const how = `${definition.get}, and set ${definition.variable}`;
    if (process.env["SAGE_TWIN_REQUIRE_RUNTIMES"] === "1" && !definition.optional) {
      throw new Error(`${name} is missing, and SAGE_TWIN_REQUIRE_RUNTIMES=1 forbids to skip its tests: ${how}`);
    }
    console.log(`\u203a skipping the tests on ${name}, which is not installed: ${how}`);
  }
}

/** What a script printed on standard output, run in a runtime with all permissions; an error when it fails or takes too long. */
export function runScript(name: ServerRuntimeName, script: string, args: readonly string[] = []): Promise<string> {
  const first = name === "deno" ? ["run", "--allow-all", "--no-check", "--no-lock", script] : [script];
  return runProgram(runtimePath(name) as string, [...first, ...args]);
}

const timeLimit = 90_000;

function runProgram(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ["ignore", "pipe", "pipe"],
      timeout: timeLimit,
      killSignal: "SIGKILL",
    });
    let output = "";
    let complaints = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      complaints += text;
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) resolve(output);
      else
        reject(
          new Error(`${program} ${args.join(" ")} ended with ${signal ?? `code ${code}`}\n${complaints}${output}`),
        );
    });
  });
}

/** What a browser is shown. */
export interface Page {
  /** Files by their address: "/main.js" -> path or contents. */
  readonly files: Readonly<Record<string, { readonly path: string } | { readonly text: string }>>;
  /** The module that runs; it calls `report(text)` once. */
  readonly module: string;
  /** Classic scripts that the page loads first, by address. */
  readonly scripts?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".css": "text/css; charset=utf-8",
};

/** What `page.module` reports when the page is opened in a headless browser with a fresh profile. */
export async function runInBrowser(name: BrowserName, page: Page): Promise<string> {
  const profile = mkdtempSync(join(tmpdir(), "sage-twin-browser-"));
  let reported: (text: string) => void = () => {};
  const report = new Promise<string>((resolve) => {
    reported = resolve;
  });
  const server = await servePage(page, reported);
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const browser = spawn(runtimePath(name) as string, [...withProfile[name](profile), address], {
    stdio: "ignore",
    detached: true,
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      report,
      new Promise<never>((_, reject) => {
        browser.on("error", reject);
        browser.on("exit", (code) => reject(new Error(`${name} exited with code ${code} before the page reported`)));
        timer = setTimeout(() => reject(new Error(`${name} did not report within ${timeLimit / 1000} s`)), timeLimit);
      }),
    ]);
  } finally {
    clearTimeout(timer);
    if (browser.pid !== undefined && browser.exitCode === null) {
      const gone = new Promise((resolve) => browser.once("exit", resolve));
      process.kill(-browser.pid, "SIGKILL"); // with the processes it started
      await gone;
    }
    server.close();
    server.closeAllConnections();
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

/** How Chromium is started anywhere, also as root in a container; it calls nobody. */
export const browserArguments: readonly string[] = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
];

const withProfile: Readonly<Record<BrowserName, (profile: string) => readonly string[]>> = {
  chromium: (profile) => ["--headless", ...browserArguments, `--user-data-dir=${profile}`],
  firefox: (profile) => ["--headless", "--no-remote", "--new-instance", "--profile", profile],
};

async function servePage(
  { files, module, scripts = [], headers = {} }: Page,
  reported: (text: string) => void,
): Promise<Server> {
  const start = `globalThis.report = (text) => fetch("/report", { method: "POST", body: text });
addEventListener("error", (event) => report("error: " + event.message));
addEventListener("unhandledrejection", (event) => report("error: " + (event.reason?.stack ?? event.reason)));
import(${JSON.stringify(module)}).catch((error) => report("error: " + error.stack));`;
  const classic = scripts.map((address) => `<script src="${address}"></script>`).join("");
  const html = `<!doctype html><meta charset="utf-8"><title>test</title>${classic}<script type="module" src="/start.js"></script>`;
  const all: Page["files"] = { ...files, "/": { text: html }, "/start.js": { text: start } };
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? "/", "http://localhost").pathname);
    if (request.method === "POST") {
      let body = "";
      request.setEncoding("utf8").on("data", (text: string) => {
        body += text;
      });
      request.on("end", () => {
        response.end();
        reported(body);
      });
      return;
    }
    const file = all[path];
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      ...headers,
      "content-type": types[path === "/" ? ".html" : extname(path)] ?? "text/plain",
    });
    if ("text" in file) response.end(file.text);
    else createReadStream(file.path).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
