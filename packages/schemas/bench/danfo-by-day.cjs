// Units and lines by day through danfojs: read the CSV, cut the day off the time, group, sum and count.
// danfojs reads text in Node only from a URL; its readCSV is Papa Parse with these options and a DataFrame of the result.
const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const { gunzipSync } = require("node:zlib");

// the folder that danfojs is installed in is the second argument
const requirePeer = createRequire(process.argv[3]);
const dfd = requirePeer("danfojs");
const papaparse = requirePeer("papaparse");

const repeats = 3;

function byDay(csv) {
  const { data } = papaparse.parse(csv, { header: true, dynamicTyping: true, skipEmptyLines: "greedy" });
  const lines = new dfd.DataFrame(data);
  const days = lines.column("InvoiceDate").values.map((time) => String(time).slice(0, 10));
  const frame = new dfd.DataFrame({
    day: days,
    units: lines.column("Quantity").values,
    invoice: lines.column("InvoiceNo").values,
  });
  const groups = frame.groupby(["day"]);
  const units = groups.col(["units"]).sum();
  groups.col(["invoice"]).count();
  return { rows: lines.shape[0], units: units.column("units_sum").sum() };
}

function main() {
  const csv = gunzipSync(readFileSync(process.argv[2])).toString();
  const seconds = [];
  let result;
  for (let i = 0; i < repeats; i++) {
    const start = performance.now();
    result = byDay(csv);
    seconds.push((performance.now() - start) / 1000);
    console.log(`  ${result.units} units`);
  }
  const median = seconds.sort((a, b) => a - b)[repeats >> 1];
  const memory = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(
    `the same, danfojs 1.2.0: ${median.toFixed(2)} s, ${Math.round(result.rows / median)} rows/s, peak memory ${memory} MB`,
  );
}

main();
