import { describeValue, type Instant, type Issue, parseFrequency, TwinError, toInstant } from "@sage-twin/kernel";

/** What revenue is explained by. */
export interface RevenueForecasterOptions {
  /** The columns that may drive revenue, such as price and advertising: 1 to 20. */
  readonly drivers: readonly string[];
  /** The column that is forecast. Default `"revenue"`. */
  readonly target?: string;
  /** Columns of promotions: as drivers, but 0 in periods ahead that do not say. */
  readonly promotions?: readonly string[];
  /** Days of holidays, past and ahead, such as `holidayDates` of `@sage-twin/features`; a period's count of them is a driver. */
  readonly holidays?: readonly Instant[];
  /** The most periods by which a driver may act late. Default 4. */
  readonly maxLag?: number;
  /** Periods in one season, such as 52 for weeks. Default 1, none. */
  readonly seasonLength?: number;
  /** The periods ahead that drivers must help on. Default 12. */
  readonly horizon?: number;
  /** The period of the rows. Default: what their times show. */
  readonly frequency?: string;
}

/** Checked settings. */
export interface RevenueSettings {
  readonly target: string;
  readonly drivers: readonly string[];
  readonly promotions: readonly string[];
  readonly holidays: readonly number[];
  readonly maxLag: number;
  readonly seasonLength: number;
  readonly horizon: number;
  readonly frequency?: string;
}

/** The name of the column that counts holidays. */
export const holidayColumn = "holidays";
const mostDrivers = 20;

export function checkRevenueOptions(options: RevenueForecasterOptions): RevenueSettings {
  const issues: Issue[] = [];
  const problem = (path: Issue["path"], message: string, fix: string): void => {
    issues.push({ code: "invalid-argument", path, message, fix });
  };
  const given = (typeof options === "object" && options !== null ? options : {}) as RevenueForecasterOptions;
  const names = (name: "drivers" | "promotions"): readonly string[] => {
    const list = given[name] ?? [];
    const reserved = ["time", holidayColumn, given.target ?? "revenue"];
    if (Array.isArray(list) && list.every((item) => typeof item === "string" && !reserved.includes(item))) return list;
    problem([name], `${describeValue(list)} is no list of columns`, `names other than ${reserved.join(", ")}`);
    return [];
  };
  const whole = (name: "maxLag" | "seasonLength" | "horizon", usual: number, least: number, most: number): number => {
    const value = given[name] ?? usual;
    if (!(Number.isInteger(value) && value >= least && value <= most))
      problem([name], `${describeValue(value)} is not a whole number from ${least} to ${most}`, `give such a ${name}`);
    return value;
  };
  const gather = <Value>(action: () => Value): Value | undefined => {
    try {
      return action();
    } catch (error) {
      if (!TwinError.isInstance(error)) throw error;
      issues.push(...error.issues);
      return undefined;
    }
  };
  const drivers = names("drivers");
  const promotions = names("promotions");
  const all = [...drivers, ...promotions];
  const days = given.holidays ?? [];
  if (!Array.isArray(days))
    problem(["holidays"], `${describeValue(days)} is no list of days`, "give dates, or leave them out");
  const holidays = Array.isArray(days)
    ? days.map((date, index) => gather(() => toInstant(date, ["holidays", index])) ?? 0)
    : [];
  if (new Set(all).size < all.length || all.length > mostDrivers || all.length + holidays.length === 0)
    problem(
      ["drivers"],
      `${all.length} columns, or one twice`,
      `give 1 to ${mostDrivers} drivers, promotions or holidays`,
    );
  if (given.frequency !== undefined) gather(() => parseFrequency(given.frequency as string));
  const settings = {
    target: given.target ?? "revenue",
    drivers,
    promotions,
    holidays,
    maxLag: whole("maxLag", 4, 0, 60),
    seasonLength: whole("seasonLength", 1, 1, 1000),
    horizon: whole("horizon", 12, 1, 500),
    ...(given.frequency !== undefined && { frequency: given.frequency }),
  };
  if (issues.length > 0) throw new TwinError(issues);
  return settings;
}
