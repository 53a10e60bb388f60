import { describeValue, type Issue, TwinError } from "@sage-twin/kernel";

const mostClasses = 1000;

/** The classes of a target, sorted, and the place of each row's. */
export function readClasses(
  target: ArrayLike<number> | ArrayLike<string>,
  known?: readonly string[],
): { readonly classes: readonly string[]; readonly places: Float64Array } {
  const issues: Issue[] = [];
  const problem = (path: Issue["path"], message: string, fix: string): void => {
    if (issues.length < 3) issues.push({ code: "invalid-data", path: ["target", ...path], message, fix });
  };
  const values = Array.from<number | string>(target as ArrayLike<number | string>);
  const kinds = new Set(values.map((value) => typeof value));
  const places = new Map<string, number>();
  values.forEach((value, row) => {
    const whole = Number.isSafeInteger(value);
    if (!(typeof value === "string" || whole) || kinds.size > 1)
      problem([row], `${describeValue(value)} is no class`, "give text everywhere, or whole numbers everywhere");
    places.set(String(value), Number(value));
  });
  const classes =
    known ??
    [...places.keys()].sort((a, b) =>
      kinds.has("number") ? (places.get(a) as number) - (places.get(b) as number) : a < b ? -1 : 1,
    );
  if (values.length > 0 && (classes.length < 2 || classes.length > mostClasses))
    problem([], `${classes.length} classes, not 2 to ${mostClasses}`, "a classifier needs several classes");
  const at = new Map(classes.map((name, place) => [name, place]));
  const read = Float64Array.from(values, (value, row) => {
    const place = at.get(String(value));
    if (place === undefined) problem([row], `${describeValue(value)} is not a class of training`, "leave the row out");
    return place ?? 0;
  });
  if (issues.length > 0) throw new TwinError(issues);
  return { classes, places: read };
}
