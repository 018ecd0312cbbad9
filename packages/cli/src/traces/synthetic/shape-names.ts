/** How load lies over time. `agents`: bursts of tasks, each a chain of calls with growing prompts and time to think. */
export const shapeNames = ["steady", "diurnal", "spiky", "ramp", "agents"] as const;
export type ShapeName = (typeof shapeNames)[number];
