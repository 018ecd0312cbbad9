import { seededRandom } from "@shardrock/core";
import type { CommandContext } from "../command-line/command-context.ts";
import type { CommandInput } from "../command-line/command-input.ts";
import { type ExitCode, exitCodes } from "../command-line/exit-code.ts";
import { trafficMs } from "./demo-scenario.ts";
import { figures, introduction, liveLines, spread, type Standing, summary } from "./demo-screen.ts";
import { openOneAccount, openShardrock } from "./demo-side.ts";
import { Tally } from "./demo-tally.ts";
import { play } from "./demo-traffic.ts";

/** The main job in half a minute, without AWS: one account with SDK retries next to Shardrock over four. */
export async function run(input: CommandInput, context: CommandContext): Promise<ExitCode> {
  const { clock, signal, colors, stdout, isJson } = context;
  const seed = input.number("seed", { from: 0, upTo: 2 ** 32 - 1, isWhole: true }) ?? 1;
  const durationMs = input.durationMs("duration") ?? trafficMs;
  if (!isJson) await stdout.write(`${introduction(colors)}\n\n`);
  await using one = await openOneAccount();
  await using sharded = await openShardrock();
  const standings = [one, sharded].map((side) => ({ side, tally: new Tally() }));
  const startMs = clock.monotonicMs();
  const elapsedMs = (): number => clock.monotonicMs() - startMs;
  const drawing = isJson ? undefined : liveDrawing(standings, elapsedMs, context);
  try {
    await play(standings, { durationMs, random: seededRandom(seed), clock, signal });
  } finally {
    drawing?.stop();
  }
  await drawing?.draw();
  const tookMs = elapsedMs();
  await context.print({
    json: { seed, elapsedMs: Math.round(tookMs), sides: standings.map((standing) => figures(standing, tookMs)) },
    text: () =>
      [
        "",
        summary(standings, tookMs, colors),
        "",
        ...standings.map((each) => `${spread(each, tookMs, colors)}\n`),
      ].join("\n"),
  });
  return exitCodes.ok;
}

interface Drawing {
  readonly draw: () => Promise<void>;
  readonly stop: () => void;
}

/** On a terminal the lines are drawn over; elsewhere they follow each other. */
function liveDrawing(standings: readonly Standing[], elapsedMs: () => number, context: CommandContext): Drawing {
  const { stdout, colors, clock } = context;
  let drawn = 0;
  let timer: Disposable | undefined;
  const draw = async (): Promise<void> => {
    const lines = [...liveLines(standings, elapsedMs(), colors), `${(elapsedMs() / 1_000).toFixed(0)} s`];
    const back = stdout.isTTY && drawn > 0 ? `\u001b[${drawn}A` : "";
    drawn = lines.length;
    await stdout.write(`${back}${lines.map((line) => (stdout.isTTY ? `\u001b[2K${line}\n` : `${line}\n`)).join("")}`);
  };
  const again = (): void => {
    timer = clock.timer(stdout.isTTY ? 250 : 5_000, () => {
      void draw();
      again();
    });
  };
  again();
  return { draw, stop: () => timer?.[Symbol.dispose]() };
}
