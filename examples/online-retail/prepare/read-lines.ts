import { type Issue, type RunOptions, TwinError, toInstant } from "@sage-twin/kernel";
import { type CsvSource, readCsv } from "@sage-twin/schemas";

/** The invoice lines of the raw file, column by column; names are numbered in the order of their first appearance. */
export interface Lines {
  readonly length: number;
  /** Milliseconds since 1970. */
  readonly instants: readonly number[];
  readonly invoices: readonly number[];
  readonly invoiceNames: readonly string[];
  /** In capitals: the file writes some codes in both cases. */
  readonly articles: readonly number[];
  readonly articleNames: readonly string[];
  readonly quantities: readonly number[];
  /** The price of one unit in tenths of a penny. */
  readonly prices: readonly number[];
  /** -1 where the customer is missing. */
  readonly customers: readonly number[];
  readonly customerCount: number;
  readonly countries: readonly number[];
  readonly countryNames: readonly string[];
}

const columns = ["InvoiceNo", "StockCode", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"];
const missing = "NA";
const mostIssues = 1000;

class Numbering {
  readonly names: string[] = [];
  readonly #numbers = new Map<string, number>();
  #lastName: string | undefined;
  #last = 0;

  number(name: string): number {
    // lines of one invoice stand together
    if (name === this.#lastName) return this.#last;
    const known = this.#numbers.get(name);
    this.#lastName = name;
    this.#last = known ?? this.names.push(name) - 1;
    if (known === undefined) this.#numbers.set(name, this.#last);
    return this.#last;
  }
}

/** Reads the raw CSV; one `TwinError` names every row that is not an invoice line. */
export async function readLines(source: CsvSource, options: RunOptions): Promise<Lines> {
  const [invoiceNumbers, articleNumbers, customerNumbers, countryNumbers] = [
    new Numbering(),
    new Numbering(),
    new Numbering(),
    new Numbering(),
  ];
  const instants: number[] = [];
  const [invoices, articles, quantities]: [number[], number[], number[]] = [[], [], []];
  const [prices, customers, countries]: [number[], number[], number[]] = [[], [], []];
  const issues: Issue[] = [];
  const refuse = (row: number, column: string, message: string): void => {
    if (issues.length < mostIssues) issues.push({ code: "invalid-data", path: ["rows", row, column], message });
  };
  let lastTime = "";
  let instant = 0;
  for await (const batch of readCsv(source, columns, options)) {
    for (const { row, message } of batch.faults) refuse(row, "", message);
    const [invoice, article, quantity, time, price, customer, country] =
      batch.columns as readonly (readonly string[])[];
    for (let i = 0; i < batch.rows.length; i++) {
      const row = batch.rows[i];
      if (time[i] !== lastTime) {
        try {
          instant = toInstant(time[i]);
        } catch {
          refuse(row, "InvoiceDate", `'${time[i].slice(0, 40)}' is not a date`);
        }
        lastTime = time[i];
      }
      const units = Number(quantity[i]);
      if (!Number.isSafeInteger(units) || quantity[i] === "")
        refuse(row, "Quantity", `'${quantity[i].slice(0, 40)}' is not a whole number`);
      const tenths = Math.round(Number(price[i]) * 1000);
      if (!Number.isSafeInteger(tenths) || price[i] === "")
        refuse(row, "UnitPrice", `'${price[i].slice(0, 40)}' is not a price`);
      instants.push(instant);
      invoices.push(invoiceNumbers.number(invoice[i]));
      articles.push(articleNumbers.number(article[i].toUpperCase()));
      quantities.push(units);
      prices.push(tenths);
      customers.push(customer[i] === missing ? -1 : customerNumbers.number(customer[i]));
      countries.push(countryNumbers.number(country[i]));
    }
  }
  if (issues.length > 0) throw new TwinError(issues);
  return {
    length: instants.length,
    instants,
    invoices,
    invoiceNames: invoiceNumbers.names,
    articles,
    articleNames: articleNumbers.names,
    quantities,
    prices,
    customers,
    customerCount: customerNumbers.names.length,
    countries,
    countryNames: countryNumbers.names,
  };
}
