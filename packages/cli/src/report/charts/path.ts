/** Shares of the width from the left and of the height from below, 0 to 1. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** SVG path data of straight lines through points; values above the chart's end are drawn at its end. */
export function linePath(points: readonly Point[], size: Size): string {
  return points.map((point, place) => `${place === 0 ? "M" : "L"}${at(point, size)}`).join("");
}

/** SVG path data where each value lasts until the next point. */
export function columnsPath(points: readonly Point[], size: Size): string {
  const [first, ...rest] = points;
  if (first === undefined) return "";
  return `M${at(first, size)}${rest.map(({ x, y }) => `H${tenth(x * size.width)}V${tenth(down(y, size))}`).join("")}`;
}

function at({ x, y }: Point, size: Size): string {
  return `${tenth(x * size.width)} ${tenth(down(y, size))}`;
}

function down(y: number, { height }: Size): number {
  return (1 - Math.min(1, Math.max(0, y))) * height;
}

/** A tenth of a unit is less than a pixel. */
function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}
