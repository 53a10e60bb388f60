// The main job: the twin of a real shop.
import { ensureBuilt } from "./build.mjs";
import { ensureInstalled, root, run } from "./workspace.mjs";

ensureInstalled();
await ensureBuilt({ declarations: false });
run(process.execPath, ["--import", "tsx", "examples/online-retail/main.ts", ...process.argv.slice(2)], { cwd: root });
