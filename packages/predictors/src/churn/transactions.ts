import { describeValue, type Instant, type Issue, TwinError, toInstant } from "@sage-twin/kernel";

/** Sales and refunds, one row each, in any order: lines of one customer at one instant are one purchase. */
export interface Transactions {
  readonly customer: ArrayLike<string | number>;
  /** Instants: milliseconds since 1970, ISO 8601 text, or dates. */
  readonly time: ArrayLike<Instant>;
  /** What was paid; a refund is below 0. */
  readonly amount: ArrayLike<number>;
}

/** Transactions by customer, each customer's in the order of time: customer c's are at `starts[c]` to `starts[c + 1] - 1`. */
export interface CustomerHistory {
  /** In the order of their first row. */
  readonly customers: readonly string[];
  readonly starts: Int32Array;
  /** In milliseconds since 1970. */
  readonly times: Float64Array;
  readonly amounts: Float64Array;
  readonly first: number;
  readonly last: number;
}

const mostShown = 20;

/** Checks and sorts transactions; a `TwinError` lists the rows without customer, time or amount. */
export function readTransactions({ customer, time, amount }: Transactions): CustomerHistory {
  const rows = time?.length ?? 0;
  const issues: Issue[] = [];
  const add = (path: (string | number)[], message: string, fix: string): void => {
    if (issues.length < mostShown) issues.push({ code: "invalid-data", path: ["transactions", ...path], message, fix });
  };
  for (const [name, column] of Object.entries({ customer, time, amount }))
    if (column?.length !== rows || rows === 0)
      add([name], `${column?.length ?? "no"} values`, "give columns of one length, of at least one row");
  if (issues.length > 0) throw new TwinError(issues);

  const indices = new Map<string, number>();
  const owners = new Int32Array(rows);
  const instants = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const key = customer[row];
    if (key === null || key === undefined || key === "" || Number.isNaN(key))
      add(["customer", row], "the customer is missing", "leave out sales that belong to no known customer");
    const name = String(key);
    const known = indices.get(name);
    owners[row] = known ?? indices.size;
    if (known === undefined) indices.set(name, indices.size);
    try {
      instants[row] = toInstant(time[row]);
    } catch {
      add(["time", row], `${describeValue(time[row])} is no instant`, "give ISO 8601 text or milliseconds since 1970");
    }
    if (!Number.isFinite(amount[row]))
      add(["amount", row], `${describeValue(amount[row])} is no amount`, "give a finite number");
  }
  if (issues.length > 0) throw new TwinError(issues);
  return grouped([...indices.keys()], owners, instants, amount);
}

function grouped(
  customers: readonly string[],
  owners: Int32Array,
  instants: Float64Array,
  amount: ArrayLike<number>,
): CustomerHistory {
  const rows = owners.length;
  const starts = new Int32Array(customers.length + 1);
  for (let row = 0; row < rows; row++) starts[owners[row] + 1]++;
  for (let index = 0; index < customers.length; index++) starts[index + 1] += starts[index];
  const order = Int32Array.from({ length: rows }, (_, row) => row).sort((a, b) => instants[a] - instants[b] || a - b);
  const next = starts.slice();
  const times = new Float64Array(rows);
  const amounts = new Float64Array(rows);
  for (const row of order) {
    const at = next[owners[row]]++;
    times[at] = instants[row];
    amounts[at] = amount[row];
  }
  return { customers, starts, times, amounts, first: instants[order[0]], last: instants[order[rows - 1]] };
}
