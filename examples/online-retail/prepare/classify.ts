import type { Lines } from "./read-lines.js";

/** What a line is: the sale of goods, goods taken back, or one of the kinds that are set aside. */
export const lineKinds = [
  "sale",
  "cancellation",
  "postage and carriage",
  "manual entry",
  "discount",
  "fee",
  "charity commission",
  "sample",
  "voucher",
  "cushion pads",
  "bad debt",
  "unknown code",
  "stock adjustment (negative quantity without C, price 0)",
  "free or written off (price 0)",
] as const;

type LineKind = (typeof lineKinds)[number];

const codes: Readonly<Record<string, LineKind>> = {
  POST: "postage and carriage",
  DOT: "postage and carriage",
  C2: "postage and carriage",
  M: "manual entry",
  D: "discount",
  "BANK CHARGES": "fee",
  AMAZONFEE: "fee",
  CRUK: "charity commission",
  S: "sample",
  PADS: "cushion pads",
  B: "bad debt",
};

function kindOfArticle(name: string): LineKind {
  if (/^(\d{5}|DCGS)/.test(name)) return "sale";
  if (name.startsWith("GIFT_")) return "voucher";
  return Object.hasOwn(codes, name) ? codes[name] : "unknown code";
}

/** The kind of every line, as an index of `lineKinds`. */
export function classify(lines: Lines): Uint8Array {
  const ofArticle = lines.articleNames.map((name) => lineKinds.indexOf(kindOfArticle(name)));
  const cancels = lines.invoiceNames.map((name) => name.startsWith("C"));
  const [sale, cancellation] = [lineKinds.indexOf("sale"), lineKinds.indexOf("cancellation")];
  const adjustment = lineKinds.indexOf("stock adjustment (negative quantity without C, price 0)");
  const free = lineKinds.indexOf("free or written off (price 0)");
  const kinds = new Uint8Array(lines.length);
  for (let i = 0; i < lines.length; i++) {
    const kind = ofArticle[lines.articles[i]];
    if (kind !== sale) kinds[i] = kind;
    else if (cancels[lines.invoices[i]]) kinds[i] = cancellation;
    else if (lines.quantities[i] < 0) kinds[i] = adjustment;
    else kinds[i] = lines.prices[i] === 0 ? free : sale;
  }
  return kinds;
}
