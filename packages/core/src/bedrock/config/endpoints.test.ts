import { describe, expect, it } from "vitest";
import { broken, problemsOf } from "../testing/config-problems.test.kit.ts";
import { awsMantleEndpoint, endpointUrl } from "./endpoints.ts";

const options = ["bedrockRuntime", "bedrockMantle", "sts"] as const;

describe.each(options)("an endpoint for %s", (option) => {
  it.each([
    "https://vpce-0a1b.bedrock-runtime.{region}.vpce.amazonaws.com",
    "https://bedrock-mantle.{region}.api.aws",
    "https://gateway.example.com/bedrock/{region}/",
    "https://gateway.example.com:8443",
    "https://{region}.gateway.example.com",
    "http://localhost:8080",
    "http://127.0.0.1:9000",
    "http://[::1]:9000",
    "https://localhost:8443/{region}",
  ])("may be %s", (url) => {
    expect(problemsOf(broken({ endpoints: { [option]: url } }))).toEqual([]);
  });

  it.each([
    ["plain text over a network", "http://gateway.example.com"],
    ["an address", "https://10.0.0.1"],
    ["an address in hexadecimal", "https://0xa9fea9fe"],
    ["an address in decimal", "https://2852039166"],
    ["an address in octal", "https://0251.0376.0251.0376"],
    ["an address of mixed notations", "https://0xa9.254.0251.254"],
    ["an address with two parts", "https://169.16689662"],
    ["an address in full-width digits", "https://１６９.２５４.１６９.２５４"],
    ["an address with ideographic dots", "https://169。254。169。254"],
    ["every address there is", "http://0.0.0.0:8080"],
    ["the metadata service", "http://169.254.169.254"],
    ["the metadata service over TLS", "https://169.254.169.254/latest/meta-data/"],
    ["the container's credentials", "http://169.254.170.2"],
    ["the metadata service over IPv6", "https://[fd00:ec2::254]"],
    ["a link-local address", "https://[fe80::1]"],
    ["a link-local address with a zone", "https://[fe80::1%25eth0]"],
    ["an IPv4 address inside an IPv6 one", "https://[::ffff:169.254.169.254]"],
    ["another cloud's metadata name", "https://metadata.google.internal"],
    ["another cloud's metadata name in capitals", "https://METADATA.google.internal/computeMetadata/v1/"],
    ["a metadata name with a final dot", "https://metadata.google.internal."],
    ["the metadata name of EC2", "https://instance-data.ec2.internal"],
    ["a name of one word", "https://metadata"],
    ["a name that only looks like loopback", "http://127.0.0.1.example.com"],
    ["loopback as a user name", "http://localhost@gateway.example.com"],
    ["a password", "https://user:hunter2@gateway.example.com"],
    ["an empty user name", "https://@gateway.example.com"],
    ["a query", "https://gateway.example.com/?token=hunter2"],
    ["an empty query", "https://gateway.example.com/?"],
    ["a fragment", "https://gateway.example.com/#hunter2"],
    ["a placeholder nobody fills", "https://{zone}.example.com"],
    ["a placeholder in capitals", "https://{REGION}.example.com"],
    ["an encoded placeholder", "https://%7Bregion%7D.example.com"],
    ["the Region for the host", "https://{region}"],
    ["the Region for the top of the domain", "https://gateway.{region}"],
    ["the Region for the domain", "https://{region}.com"],
    ["the Region inside the domain", "https://gateway.evil-{region}.com"],
    ["the Region for the port", "https://gateway.example.com:{region}"],
    ["the Region for the protocol", "{region}://gateway.example.com"],
    ["the Region for a user", "https://{region}@gateway.example.com"],
    ["backslashes", "https:\\\\gateway.example.com"],
    ["a backslash in the host", "https://gateway.example.com\\@evil.example"],
    ["a line break", "https://gateway.exa\nmple.com"],
    ["a space in front", " https://gateway.example.com"],
    ["no slashes", "https:gateway.example.com"],
    ["another protocol", "file:///etc/passwd"],
    ["no URL", "gateway.example.com"],
    ["nothing", ""],
    ["more than 2048 characters", `https://gateway.example.com/${"a".repeat(2048)}`],
  ])("is refused with %s", (_, url) => {
    const problems = problemsOf(broken({ endpoints: { [option]: url } }));

    expect(problems).toEqual([expect.stringContaining(`endpoints.${option}: must be an https URL`)]);
    expect(problems.join()).not.toContain("hunter2");
  });
});

describe("an endpoint", () => {
  it("of mantle is AWS's own where the config names none", () => {
    expect(endpointUrl(awsMantleEndpoint, "eu-west-1")).toBe("https://bedrock-mantle.eu-west-1.api.aws");
    expect(problemsOf(broken({ endpoints: { bedrockMantle: awsMantleEndpoint } }))).toEqual([]);
  });
});
