/** Colours by what they are for. Series are told apart by dashes and names too, never by colour alone. */
export interface Palette {
  readonly paper: string;
  readonly panel: string;
  readonly ink: string;
  readonly quiet: string;
  readonly rule: string;
  readonly link: string;
  readonly focus: string;
  readonly good: string;
  readonly bad: string;
  /** Of lines and bars. */
  readonly series: readonly string[];
  /** From empty to full; `heatInk` of the same place is written on it. */
  readonly heat: readonly string[];
  readonly heatInk: readonly string[];
}

const heatInk = ["#111827", "#111827", "#111827", "#111827", "#111827", "#ffffff", "#ffffff"];

export const lightPalette: Palette = {
  paper: "#ffffff",
  panel: "#f5f7fa",
  ink: "#17202b",
  quiet: "#52606d",
  rule: "#cbd2d9",
  link: "#0b57a4",
  focus: "#b34700",
  good: "#116329",
  bad: "#a3200d",
  series: ["#0b63a8", "#b34700", "#5b4a9e", "#3d7a1f"],
  heat: ["#f1f5f9", "#dbeafe", "#b9d7f8", "#fde9a9", "#fbbf4b", "#b83a06", "#7a1710"],
  heatInk,
};

export const darkPalette: Palette = {
  paper: "#11161c",
  panel: "#1a222b",
  ink: "#e8edf2",
  quiet: "#a5b1bd",
  rule: "#3a4653",
  link: "#7cbcff",
  focus: "#ffb454",
  good: "#6fd08c",
  bad: "#ff9a86",
  series: ["#62b0f4", "#ff9d4d", "#b8a5f5", "#8fd068"],
  heat: ["#1f2933", "#1d3550", "#1f4b77", "#5c4a12", "#8a5a00", "#b83a06", "#ffb4a2"],
  heatInk: ["#e8edf2", "#e8edf2", "#ffffff", "#ffffff", "#ffffff", "#ffffff", "#2a0500"],
};

/** Shares of a limit at which the next heat begins. */
export const heatSteps: readonly number[] = [0.01, 0.25, 0.5, 0.7, 0.85, 0.95];

/** Which heat a share of a limit has. */
export function heatOf(share: number): number {
  return heatSteps.filter((from) => share >= from).length;
}

/** The palette as CSS custom properties. */
export function paletteRules(palette: Palette): string {
  const { series, heat, heatInk: inks, ...single } = palette;
  return [
    ...Object.entries(single).map(([name, colour]) => `--${name}:${colour}`),
    ...series.map((colour, place) => `--series-${place}:${colour}`),
    ...heat.map((colour, place) => `--heat-${place}:${colour}`),
    ...inks.map((colour, place) => `--heat-ink-${place}:${colour}`),
  ].join(";");
}
