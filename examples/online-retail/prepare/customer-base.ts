/** Customers per period; see the department `customers`. */
export interface CustomerFlows {
  readonly joined: Int32Array;
  readonly lapsed: Int32Array;
  readonly base: Int32Array;
}

/**
 * Who joins and leaves the base of customers with an order in the last `window` periods, so that
 * `base[t] = base[t - 1] + joined[t] - lapsed[t]` (0 before the first period). `periods` and `customers` hold one entry per event,
 * in the order of time, a customer being NaN where the event is nobody's order.
 */
export function customerFlows(
  periods: ArrayLike<number>,
  customers: ArrayLike<number>,
  count: number,
  window: number,
): CustomerFlows {
  const joined = new Int32Array(count);
  const lapsed = new Int32Array(count);
  const base = new Int32Array(count);
  const lastOrder = new Map<number, number>();
  for (let i = 0; i < periods.length; i++) {
    if (Number.isNaN(customers[i])) continue;
    const period = periods[i];
    const last = lastOrder.get(customers[i]);
    if (last === undefined) joined[period]++;
    else if (period - last > window) {
      // an order in the very period of leaving keeps the customer in the base
      lapsed[last + window]++;
      joined[period]++;
    }
    lastOrder.set(customers[i], period);
  }
  for (const last of lastOrder.values()) if (last + window < count) lapsed[last + window]++;
  for (let t = 0, held = 0; t < count; t++) {
    held += joined[t] - lapsed[t];
    base[t] = held;
  }
  return { joined, lapsed, base };
}
