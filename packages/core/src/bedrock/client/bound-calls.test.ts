import {
  ApplyGuardrailCommand,
  type ContentBlock,
  ConverseCommand,
  ConverseStreamCommand,
  CountTokensCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from "@aws-sdk/client-bedrock-runtime";
import { describe, expect, it } from "vitest";
import { parseConfig, type ShardrockConfig } from "../config/parse.ts";
import { exampleAccount, exampleConfig, exampleModel } from "../testing/example-config.test.kit.ts";
import { plannerEdge } from "../testing/planner-edge.test.kit.ts";
import { CallPlanner } from "./call-planner.ts";

const one = "111111111111";
const two = "222222222222";
const foreign = "999999999999";
const guardrailArn = `arn:aws:bedrock:us-west-2:${two}:guardrail/abc`;

/** Any command; the planner tells them apart itself. */
interface Command {
  readonly input: object;
}

function open(change: Partial<ShardrockConfig> = {}): CallPlanner {
  const config = parseConfig(exampleConfig(change));
  return new CallPlanner(plannerEdge(config));
}

/** Where a call may go, as `account/Region`, and why nowhere else. */
function goesTo(planner: CallPlanner, command: Command) {
  const rows = planner.explain(command, {});
  const places = rows
    .filter(({ rank }) => rank !== undefined)
    .map(({ target }) => `${target.accountId}/${target.region}`);
  const reasons = new Set(rows.filter(({ rank }) => rank === undefined).map(({ reason }) => reason));
  return { places: places.toSorted(), reasons: [...reasons].toSorted() };
}

function plan(planner: CallPlanner, command: Command) {
  return planner.plan(command as ConverseCommand, {});
}

function errorOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

/** What would be sent to each place, by `account/Region`. */
function inputsOf(planner: CallPlanner, command: Command): Readonly<Record<string, unknown>> {
  const { request, outgoing } = plan(planner, command);
  return Object.fromEntries(
    request.candidates.map(({ target }) => [`${target.accountId}/${target.region}`, outgoing.inputFor(target)]),
  );
}

function converse(content: readonly object[], fields: object = {}): ConverseCommand {
  const text = { text: "s3://media/not-an-id" };
  const messages = [{ role: "user" as const, content: [text, ...content] as ContentBlock[] }];
  return new ConverseCommand({ modelId: "sonnet", messages, inferenceConfig: { maxTokens: 9 }, ...fields });
}

function invoke(body: unknown, fields: object = {}): InvokeModelCommand {
  const input = { max_tokens: 9, ...(body as object) };
  return new InvokeModelCommand({ modelId: "sonnet", body: JSON.stringify(input), ...fields });
}

const image = (s3Location: object) => ({ image: { format: "png", source: { s3Location } } });
const owned = { uri: "s3://scans/1.png", bucketOwner: two };

const withGuardrail = (guardrailIdentifier: string): readonly (readonly [string, Command])[] => {
  const messages = [{ role: "user" as const, content: [{ text: "hi" }] }];
  const config = { guardrailIdentifier, guardrailVersion: "1" };
  const body = { modelId: "sonnet", body: "{}", ...config };
  return [
    ["Converse", new ConverseCommand({ modelId: "sonnet", messages, guardrailConfig: config })],
    ["ConverseStream", new ConverseStreamCommand({ modelId: "sonnet", messages, guardrailConfig: config })],
    ["InvokeModel", new InvokeModelCommand(body)],
    ["InvokeModelWithResponseStream", new InvokeModelWithResponseStreamCommand(body)],
    ["ApplyGuardrail", new ApplyGuardrailCommand({ ...config, source: "INPUT", content: [{ text: { text: "hi" } }] })],
  ];
};

describe("a guardrail", () => {
  it.each(withGuardrail(guardrailArn))("by its ARN pins %s to its account and Region", (_operation, command) => {
    const { places, reasons } = goesTo(open(), command);

    expect(places).toEqual([`${two}/us-west-2`]);
    expect(reasons).toEqual([`the call is bound to account ${two}, us-west-2 by guardrail ${guardrailArn}`]);
  });

  const resources = {
    pii: [
      { account: one, id: "everywhere" },
      { account: one, region: "us-west-2", id: "west" },
      { account: two, region: "us-east-1", id: "east" },
    ],
  };

  it.each(withGuardrail("pii"))("by a name of resources lets %s go wherever it has an id", (_operation, command) => {
    const { places, reasons } = goesTo(open({ resources }), command);

    expect(places).toEqual([`${one}/us-east-1`, `${one}/us-west-2`, `${two}/us-east-1`]);
    expect(reasons).toEqual([`guardrail pii of resources has no id in account ${two}, us-west-2`]);
  });

  it.each(withGuardrail("pii"))(
    "by a name of resources gives %s the id of each place, in a copy",
    (_operation, command) => {
      const before = structuredClone(command.input);

      const inputs = inputsOf(open({ resources }), command);

      const idAt = (place: string) => /"guardrailIdentifier":"(\w+)"/.exec(JSON.stringify(inputs[place]))?.[1];
      expect([`${one}/us-east-1`, `${one}/us-west-2`, `${two}/us-east-1`].map(idAt)).toEqual([
        "everywhere",
        "west",
        "east",
      ]);
      expect(command.input).toEqual(before);
    },
  );

  it.each(withGuardrail("pii"))("that has one place only pins %s there", (_operation, command) => {
    const planner = open({ resources: { pii: [{ account: two, region: "us-east-1", id: "east" }] } });

    const { places, reasons } = goesTo(planner, command);

    expect(places).toEqual([`${two}/us-east-1`]);
    expect(reasons).toEqual([`the call is bound to account ${two}, us-east-1 by guardrail pii of resources`]);
  });

  it.each(withGuardrail("abc"))(
    "by its plain id is refused for %s when there is more than one place",
    (_operation, command) => {
      expect(errorOf(() => plan(open(), command))).toMatchObject({
        code: "request-invalid",
        message: expect.stringMatching(
          /guardrail "abc" exists in one account and Region, and \w+ may go to 4: give its ARN, or a name that resources/,
        ),
      });
    },
  );

  it.each(withGuardrail("abc"))("by its plain id goes with %s to the one place there is", (_operation, command) => {
    const planner = open({ accounts: [exampleAccount(1, { regions: ["us-east-1"] })] });

    expect(Object.keys(inputsOf(planner, command))).toEqual([`${one}/us-east-1`]);
  });

  it.each(withGuardrail(`arn:aws:bedrock:us-east-1:${foreign}:guardrail/abc`))(
    "of an account that is not in the config is refused for %s, and named",
    (_operation, command) => {
      expect(errorOf(() => plan(open(), command))).toMatchObject({
        code: "request-invalid",
        message: `guardrail arn:aws:bedrock:us-east-1:${foreign}:guardrail/abc is in account ${foreign}, which is not in the config`,
      });
    },
  );

  it("in a Region its account is not used in leaves nowhere to go, and says so", () => {
    const identifier = `arn:aws:bedrock:eu-west-1:${two}:guardrail/abc`;
    for (const [, command] of withGuardrail(identifier)) {
      const { places } = (errorOf(() => goesTo(open(), command)) ?? {}) as { places?: readonly string[] };
      expect(places ?? []).toEqual([]);
    }
    const [, apply] = withGuardrail(identifier).at(-1) ?? [];
    expect(errorOf(() => apply && plan(open(), apply))).toMatchObject({ code: "no-eligible-target" });
  });

  it("that ApplyGuardrail does not name is missing", () => {
    const command = new ApplyGuardrailCommand({
      guardrailIdentifier: "",
      guardrailVersion: "1",
      source: "INPUT",
      content: [],
    });

    expect(errorOf(() => plan(open(), command))).toMatchObject({ code: "request-invalid" });
  });
});

describe("a file in S3", () => {
  const blocks: readonly (readonly [string, object])[] = [
    ["an image", image(owned)],
    ["a document", { document: { format: "pdf", name: "x", source: { s3Location: owned } } }],
    ["a video", { video: { format: "mp4", source: { s3Location: owned } } }],
    ["sound", { audio: { format: "mp3", source: { s3Location: owned } } }],
    ["a tool's result", { toolResult: { toolUseId: "t", content: [{ text: "see" }, image(owned)] } }],
  ];

  it.each(blocks)("as %s pins the call to its owner, when that is an account of the config", (_what, block) => {
    const counted = new CountTokensCommand({
      modelId: "sonnet",
      input: { converse: { messages: [{ role: "user", content: [block as ContentBlock] }] } },
    });
    const nova = { messages: [{ role: "user", content: [{ text: "hi" }, block] }] };
    for (const command of [converse([block]), counted, invoke(nova)]) {
      const { places, reasons } = goesTo(open(), command);

      expect(places).toEqual([`${two}/us-east-1`, `${two}/us-west-2`]);
      expect(reasons).toEqual([`the call is bound to account ${two} by bucket scans of account ${two}`]);
    }
  });

  it("pins InvokeModel also from a body of bytes, and from a mediaSource", () => {
    const body = { inputPrompt: "what is it?", mediaSource: { s3Location: owned } };
    const bytes = new InvokeModelCommand({ modelId: "sonnet", body: Buffer.from(JSON.stringify(body)) });

    expect(goesTo(open(), bytes).places).toEqual([`${two}/us-east-1`, `${two}/us-west-2`]);
    expect(goesTo(open(), invoke({ video: { mediaSource: { s3Location: owned } } })).places).toHaveLength(2);
  });

  it("of somebody else's bucket does not pin", () => {
    expect(goesTo(open(), converse([image({ ...owned, bucketOwner: foreign })])).places).toHaveLength(4);
  });

  it("without an owner is refused when there are several accounts, with what to do and without the file's name", () => {
    const error = errorOf(() => plan(open(), converse([image({ uri: "s3://scans/jane-doe.png" })])));

    expect(error).toMatchObject({
      code: "request-invalid",
      message:
        "bucket scans exists in one account, and sonnet may go to 2: give s3Location its bucketOwner, " +
        "or use a name that resources in the config maps to each account's bucket",
    });
  });

  it("without an owner goes where the one account is, or where something else pins the call", () => {
    const single = open({ accounts: [exampleAccount(1)] });
    const pinned = converse([image({ uri: "s3://scans/1.png" })], {
      guardrailConfig: { guardrailIdentifier: guardrailArn, guardrailVersion: "1" },
    });

    expect(goesTo(single, converse([image({ uri: "s3://scans/1.png" })])).places).toHaveLength(2);
    expect(goesTo(open(), pinned).places).toEqual([`${two}/us-west-2`]);
  });

  const resources = {
    media: [
      { account: one, id: "media-1" },
      { account: two, id: "media-2" },
    ],
  };

  it.each([[{ uri: "s3://media/a/b.png" }], [{ uri: "s3://media/a/b.png", bucketOwner: foreign }]])(
    "in a named bucket goes anywhere, from each account's own: %j",
    (location) => {
      const planner = open({ resources });
      const command = converse([image(location)]);
      const before = structuredClone(command.input);

      const inputs = inputsOf(planner, command);

      const there = (place: string) =>
        (inputs[place] as ConverseCommand["input"]).messages?.[0]?.content?.[1]?.image?.source;
      const ownerOf = (account: string) => ("bucketOwner" in location ? { bucketOwner: account } : {});
      expect(Object.keys(inputs)).toHaveLength(4);
      expect(there(`${one}/us-east-1`)).toEqual({ s3Location: { uri: "s3://media-1/a/b.png", ...ownerOf(one) } });
      expect(there(`${two}/us-west-2`)).toEqual({ s3Location: { uri: "s3://media-2/a/b.png", ...ownerOf(two) } });
      expect(command.input).toEqual(before);
    },
  );

  it("in a named bucket is found again in the body of InvokeModel, which stays text or bytes", () => {
    const planner = open({ resources });
    const nova = { messages: [{ role: "user", content: [{ text: "s3://media/x" }, image({ uri: "s3://media/x" })] }] };
    const text = invoke(nova);
    const bytes = new InvokeModelCommand({ modelId: "sonnet", body: Buffer.from(JSON.stringify(nova)) });

    const bodyOf = (command: Command) => (inputsOf(planner, command)[`${two}/us-east-1`] as { body: unknown }).body;

    expect(JSON.parse(String(bodyOf(text)))).toEqual({
      max_tokens: 9,
      messages: [{ role: "user", content: [{ text: "s3://media/x" }, image({ uri: "s3://media-2/x" })] }],
    });
    expect(bodyOf(bytes)).toBeInstanceOf(Uint8Array);
    expect(String(bodyOf(bytes))).toContain('"uri":"s3://media-2/x"');
  });

  it("that text or a tool only speaks of pins nothing", () => {
    const tool = { toolUse: { toolUseId: "t", name: "n", input: { image: { source: { s3Location: owned } } } } };
    const said = invoke({ messages: [{ role: "user", content: JSON.stringify(image(owned)) }] });

    expect(goesTo(open(), converse([tool])).places).toHaveLength(4);
    expect(goesTo(open(), said).places).toHaveLength(4);
  });
});

describe("two ids in one call", () => {
  const guardrail = (region: string, account: string) => ({
    guardrailConfig: {
      guardrailIdentifier: `arn:aws:bedrock:${region}:${account}:guardrail/abc`,
      guardrailVersion: "1",
    },
  });

  it("that agree bind it to what both leave", () => {
    const { places, reasons } = goesTo(open(), converse([image(owned)], guardrail("us-west-2", two)));

    expect(places).toEqual([`${two}/us-west-2`]);
    expect(reasons).toEqual([expect.stringMatching(/by guardrail arn:\S+ and bucket scans of account 2+$/)]);
  });

  it.each([
    ["two places", converse([image(owned)], guardrail("us-east-1", one)), {}],
    [
      "a place and a name that is not there",
      converse([image({ uri: "s3://media/x" })], guardrail("us-east-1", two)),
      { media: [{ account: one, id: "media-1" }] },
    ],
    [
      "two names that are nowhere together",
      converse([image({ uri: "s3://media/x" })], {
        guardrailConfig: { guardrailIdentifier: "pii", guardrailVersion: "1" },
      }),
      { media: [{ account: one, id: "media-1" }], pii: [{ account: two, id: "pii-2" }] },
    ],
  ])("that contradict each other, %s, are both named", (_what, command, resources) => {
    expect(errorOf(() => plan(open({ resources }), command))).toMatchObject({
      code: "request-invalid",
      message: expect.stringMatching(/^guardrail \S+.* and bucket \S+ .*are nowhere in one account and Region$/),
    });
  });

  it("one of them the model's own ARN, are both named too", () => {
    const arn = `arn:aws:bedrock:us-east-1:${one}:application-inference-profile/abc`;
    const id = "us.anthropic.claude-sonnet-4-6";
    const destinations = ["us-east-1", "us-west-2"];
    const servedBy = [
      { id, destinations },
      { id: arn, baseModel: id, destinations },
    ];
    const planner = open({ models: { sonnet: exampleModel({ servedBy }) } });

    expect(errorOf(() => plan(planner, converse([image(owned)], { modelId: arn })))).toMatchObject({
      code: "request-invalid",
      message: `modelId ${arn} and bucket scans of account ${two} are nowhere in one account and Region`,
    });
    expect(goesTo(planner, converse([], { modelId: arn })).places).toEqual([`${one}/us-east-1`]);
  });

  it("that wait apart from calls that may go anywhere", () => {
    const resources = {
      media: [
        { account: one, id: "m1" },
        { account: two, region: "us-east-1", id: "m2" },
      ],
    };
    const planner = open({ resources });

    const narrowed = plan(planner, converse([image({ uri: "s3://media/x" })])).request;

    expect(narrowed).toMatchObject({ pool: "sonnet", lane: "bucket media of resources" });
    expect(plan(planner, converse([])).request.lane).toBeUndefined();
  });
});
