import { type Issue, TwinError, unknownName } from "@sage-twin/kernel";

/** By channel, the least and the most to spend a period. Default: from 0 to the whole budget. */
export type SplitBounds = Readonly<Record<string, { readonly least?: number; readonly most?: number }>>;

const parts = 200;

/**
 * The split of a budget over channels with the largest sum of gains, exact on a grid of 200 parts of the budget (dynamic programming), so that S-shaped curves mislead no step. What no channel gains from is not spent.
 */
export function bestSplit(
  channels: readonly string[],
  budget: number,
  gain: (channel: number, spend: number) => number,
  bounds: SplitBounds,
): number[] {
  const ranges = readBounds(channels, budget, bounds);
  const unit = budget / parts;
  let best = new Float64Array(parts + 1);
  const choices: Int32Array[] = [];
  ranges.forEach(([least, most], channel) => {
    const gains = Float64Array.from({ length: parts + 1 }, (_, count) => gain(channel, count * unit));
    const next = new Float64Array(parts + 1).fill(Number.NEGATIVE_INFINITY);
    const choice = new Int32Array(parts + 1);
    for (let total = least; total <= parts; total++)
      for (let count = least; count <= Math.min(most, total); count++) {
        const value = best[total - count] + gains[count];
        if (value > next[total]) {
          next[total] = value;
          choice[total] = count;
        }
      }
    best = next;
    choices.push(choice);
  });
  let left = best.reduce((chosen, value, total) => (value > best[chosen] + 1e-15 ? total : chosen), 0);
  const split = new Array<number>(channels.length).fill(0);
  for (let channel = channels.length - 1; channel >= 0; channel--) {
    split[channel] = choices[channel][left] * unit;
    left -= choices[channel][left];
  }
  return split;
}

/** Bounds in parts of the budget. */
function readBounds(channels: readonly string[], budget: number, bounds: SplitBounds): readonly [number, number][] {
  const issues: Issue[] = [];
  for (const name of Object.keys(bounds))
    if (!channels.includes(name)) issues.push(...unknownName("channel", name, channels, ["bounds"]).issues);
  const ranges = channels.map((name): [number, number] => {
    const { least = 0, most = budget } = Object.hasOwn(bounds, name) ? bounds[name] : {};
    if (!(least >= 0 && most >= least))
      issues.push({
        code: "invalid-argument",
        path: ["bounds", name],
        message: `from ${least} to ${most}`,
        fix: "give amounts from 0, `least` up to `most`",
      });
    const share = budget > 0 ? parts / budget : 0;
    return [Math.ceil(least * share - 1e-9), Math.min(parts, Math.floor(most * share + 1e-9))];
  });
  if (issues.length === 0 && ranges.reduce((sum, [least]) => sum + least, 0) > parts)
    issues.push({
      code: "out-of-range",
      path: ["bounds"],
      message: `the least amounts come to more than the budget of ${budget}`,
      fix: "lower them, or raise the budget",
    });
  if (issues.length > 0) throw new TwinError(issues);
  return ranges;
}
