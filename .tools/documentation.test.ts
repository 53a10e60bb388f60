// Runs every example in the documentation against the built packages, and checks its types and its `// =>` values.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { inspect, isDeepStrictEqual } from "node:util";
import ts from "typescript";
import { afterAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const output = join(root, "node_modules", ".cache", "sage-twin", `examples-${process.pid}`);

interface Example {
  /** From the root. */
  readonly file: string;
  /** Of the code's first line in the file, from 1. */
  readonly line: number;
  readonly code: string;
}

/** The ```ts fences among `lines`; in a docstring, those that follow an @example. */
function fences(file: string, lines: readonly string[], inDocstrings: boolean): Example[] {
  const found: Example[] = [];
  let marked = !inDocstrings;
  let start = -1;
  for (const [index, raw] of lines.entries()) {
    const line = inDocstrings ? raw.replace(/^\s*\* ?/, "") : raw;
    if (start >= 0) {
      if (line.trimEnd() !== "```") continue;
      const code = lines.slice(start, index).map((text) => (inDocstrings ? text.replace(/^\s*\* ?/, "") : text));
      if (marked && !code[0]?.startsWith("// not run")) found.push({ file, line: start + 1, code: code.join("\n") });
      start = -1;
      marked = !inDocstrings;
    } else if (/^```ts\s*$/.test(line)) start = index + 1;
    else if (line.startsWith("@example")) marked = true;
    else if (inDocstrings && raw.includes("*/")) marked = false;
  }
  return found;
}

function examplesIn(path: string): Example[] {
  const file = relative(root, path);
  return fences(file, readFileSync(path, "utf8").split("\n"), path.endsWith(".ts"));
}

function filesUnder(directory: string, extension: string): string[] {
  if (!existsSync(directory)) return [];
  return (readdirSync(directory, { recursive: true }) as string[])
    .filter((file) => file.endsWith(extension))
    .sort()
    .map((file) => join(directory, file));
}

/** The folders of the packages, below `packages`. */
const packageNames = readdirSync(join(root, "packages"), { recursive: true, encoding: "utf8" })
  .filter((path) => /^(adapters.)?[^/\\]+.package\.json$/.test(path))
  .map((path) => dirname(path));
const sources = packageNames.flatMap((name) => filesUnder(join(root, "packages", name, "src"), ".ts"));
const packagePages = packageNames.map((name) => join(root, "packages", name, "README.md"));
const pages = [join(root, "README.md"), ...packagePages, ...filesUnder(join(root, "docs", "guide"), ".md")].filter(
  existsSync,
);
const examples = [...sources, ...pages].flatMap(examplesIn);

/** The code with each `expression; // => value` as a call that compares the two; the lines stay where they are. */
function withChecks({ file, line, code }: Example): string {
  const tree = ts.createSourceFile("example.ts", code, ts.ScriptTarget.ES2022, true);
  const edits: { readonly from: number; readonly to: number; readonly text: string }[] = [];
  const seen = new Set<number>();
  const visit = (node: ts.Node): void => {
    if (ts.isExpressionStatement(node)) {
      const comment = ts.getTrailingCommentRanges(code, node.end)?.[0];
      const value = comment && /^\/\/ => (.*)$/.exec(code.slice(comment.pos, comment.end))?.[1];
      if (comment !== undefined && value !== undefined) {
        seen.add(comment.pos);
        const at = `${file}:${line + tree.getLineAndCharacterOfPosition(node.end).line}`;
        const from = node.expression.getStart();
        edits.push({ from, to: from, text: `__check(${JSON.stringify(at)}, ${JSON.stringify(value)}, ` });
        edits.push({ from: node.expression.end, to: node.expression.end, text: ")" });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  for (const match of code.matchAll(/\/\/ =>/g)) {
    if (!seen.has(match.index)) {
      const at = line + tree.getLineAndCharacterOfPosition(match.index).line;
      throw new Error(
        `${file}:${at}: "// =>" must follow an expression that is a statement of its own, on its last line`,
      );
    }
  }
  return edits
    .sort((a, b) => b.from - a.from)
    .reduce((text, { from, to, text: inserted }) => text.slice(0, from) + inserted + text.slice(to), code);
}

/** Compares by value where the documented text is JavaScript, else by what Node prints; `...` at the end stands for the rest. */
function check<Value>(at: string, documented: string, actual: Value): Value {
  const shown = typeof actual === "string" ? actual : inspect(actual, { breakLength: Infinity, depth: 10 });
  const same = documented.endsWith("...")
    ? shown.startsWith(documented.slice(0, -3))
    : shown === documented || isDeepStrictEqual(plain(actual), plain(parseDocumented(documented)));
  if (!same) throw new Error(`${at}: documented as ${documented}, but it is ${shown}`);
  return actual;
}

const notJavaScript = Symbol("not JavaScript");

function parseDocumented(documented: string): unknown {
  try {
    const literal = documented.replace(/^\w+Array(\(\d+\))? (?=\[)/, ""); // as Node prints typed arrays
    return new Function(`"use strict"; return (${literal});`)();
  } catch {
    return notJavaScript;
  }
}

/** Typed arrays as arrays, and objects without their prototypes. */
function plain(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null || value instanceof Date || value instanceof Map) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

Object.assign(globalThis, { __check: check });
rmSync(output, { recursive: true, force: true });
mkdirSync(output, { recursive: true });
const files = examples.map((_, index) => join(output, `example-${index}.ts`));
for (const [index, { code }] of examples.entries()) writeFileSync(files[index], `${code}\nexport {};\n`);
afterAll(() => rmSync(output, { recursive: true }));

describe("the examples of the documentation", () => {
  it("are there", () => {
    expect(examples.length).toBeGreaterThan(5);
  });

  it.each(examples.map((example, index) => ({ ...example, index })))(
    "$file:$line runs",
    async ({ index, ...example }) => {
      const { outputText } = ts.transpileModule(withChecks(example), {
        compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true },
      });
      const file = files[index].replace(/\.ts$/, ".mjs");
      writeFileSync(file, outputText);
      try {
        await import(/* @vite-ignore */ pathToFileURL(file).href);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        const place = `${example.file}:${example.line}`;
        throw new Error(message.startsWith(`${example.file}:`) ? message : `${place}: ${message}`, { cause: error });
      }
    },
  );

  it("have no type errors", () => {
    const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
    const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files }, ts.sys, root);
    const program = ts.createProgram(files, { ...options, noUnusedLocals: false });
    const problems = files.flatMap((file, index) => {
      const source = program.getSourceFile(file);
      const diagnostics = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
      return diagnostics.map(({ messageText, start = 0 }) => {
        const line = examples[index].line + (source?.getLineAndCharacterOfPosition(start).line ?? 0);
        return `${examples[index].file}:${line}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
      });
    });
    expect(problems).toEqual([]);
  });
});
