/** One colour of the pictures: as it is on a light page, and on a dark one. */
interface Tone {
  readonly light: string;
  readonly dark: string;
}

/**
 * The colours of all pictures, after Okabe and Ito (2008): told apart with every kind of colour blindness, text at a contrast of at least
 * 4.5 and lines of at least 3 against their page. Specs hold the light tone; `toSVG` makes each a CSS custom property `--twin-NAME`.
 */
export const tones = {
  page: { light: "#ffffff", dark: "#11161d" },
  panel: { light: "#f3f5f8", dark: "#1b222c" },
  grid: { light: "#dfe4ea", dark: "#2c3542" },
  line: { light: "#7d8796", dark: "#8492a5" },
  muted: { light: "#515c6b", dark: "#a9b4c3" },
  ink: { light: "#19212c", dark: "#e8ecf2" },
  blue: { light: "#0a5ea8", dark: "#6bb3f3" },
  orange: { light: "#b04b00", dark: "#f3a35c" },
  green: { light: "#00705a", dark: "#45c8a5" },
  violet: { light: "#7a3a98", dark: "#cf9dec" },
  band1: { light: "#9cc4e8", dark: "#275582" },
  band2: { light: "#c9dff3", dark: "#1c3a59" },
  band3: { light: "#e2eefa", dark: "#182b41" },
  shade: { light: "#d3d8df", dark: "#3a4453" },
} as const satisfies Readonly<Record<string, Tone>>;

/** The name of a colour. */
export type ToneName = keyof typeof tones;

/** The light tones by name: what specs hold. */
export const colour = Object.fromEntries(Object.entries(tones).map(([name, { light }]) => [name, light])) as Readonly<
  Record<ToneName, string>
>;

function declare(scheme: "dark" | "light"): string {
  return (Object.keys(tones) as ToneName[]).map((name) => `--twin-${name}:${tones[name][scheme]}`).join(";");
}

/** CSS that gives inline pictures their colours: dark where the reader prefers that, light elsewhere and on paper. */
export const paletteStyle = `:root{${declare("light")}}
@media screen and (prefers-color-scheme:dark){:root{${declare("dark")}}}`;
