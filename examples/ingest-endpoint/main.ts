// A live twin behind a web application: npx tsx examples/ingest-endpoint/main.ts [port]
import { serve } from "@hono/node-server";
import { teaShop } from "./app.js";

const { app } = await teaShop();
const port = Number(process.argv[2] ?? 8787);
const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port }, ({ port }) => {
  const base = `http://127.0.0.1:${port}`;
  console.log(`The tea shop listens at ${base}. Try:

  curl ${base}/state
  curl ${base}/ingest/openapi.json
  curl ${base}/ingest/till -H 'content-type: text/csv' --data-binary $'date,sales,orders\\n2026-03-30,0,0\\n2026-03-31,455,51'
  curl ${base}/ingest/till -H 'content-type: application/json' -d '[{"date":"2026-04-01","sales":-5,"orders":1}]'

Ctrl-C ends it.`);
});
process.once("SIGINT", () => server.close());
