/**
 * STS and Bedrock as canned answers over TLS, in a process of its own so that their cost is not counted. Speaks HTTP/2
 * and HTTP/1.1, as AWS does. Sends its URL and its certificate to its parent.
 */
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import type { Socket } from "node:net";
import { generate } from "selfsigned";

/** Milliseconds an answer takes, so that calls overlap as they do at a model, only shorter. */
const answerAfterMs = 1;

const certificate = await generate([{ name: "commonName", value: "localhost" }], {
  keySize: 2048,
  algorithm: "sha256",
  extensions: [
    { name: "basicConstraints", cA: true },
    { name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] },
  ],
});

const answer = JSON.stringify({
  output: { message: { role: "assistant", content: [{ text: "word ".repeat(200) }] } },
  stopReason: "end_turn",
  usage: { inputTokens: 500, outputTokens: 200, totalTokens: 700 },
  metrics: { latencyMs: 1 },
});

const sockets = new Set<Socket>();
let mostSockets = 0;

const server = createSecureServer({ key: certificate.private, cert: certificate.cert, allowHTTP1: true });
server.on("secureConnection", (socket: Socket) => {
  sockets.add(socket);
  mostSockets = Math.max(mostSockets, sockets.size);
  socket.once("close", () => sockets.delete(socket));
});
server.on("request", (request: Http2ServerRequest, response: Http2ServerResponse) => {
  if (request.url !== "/") {
    request.resume().once("end", () => setTimeout(() => send(response, "application/json", answer), answerAfterMs));
    return;
  }
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.once("end", () => {
    const [, account = "000000000000"] = /iam%3A%3A(\d{12})/.exec(Buffer.concat(chunks).toString()) ?? [];
    const signer = /Credential=ASIA(\d{12})/.exec(request.headers.authorization ?? "")?.[1];
    send(response, "text/xml", signer === undefined ? assumedRole(account) : callerIdentity(signer));
  });
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the upstream has no port");
  process.send?.({ url: `https://localhost:${address.port}`, certificate: certificate.cert });
});
process.on("message", () => {
  process.send?.({ mostSockets });
  mostSockets = sockets.size;
});
process.once("disconnect", () => process.exit());

function send(response: Http2ServerResponse, type: string, body: string): void {
  response.writeHead(200, { "content-type": type, "content-length": Buffer.byteLength(body), "x-amzn-requestid": "r" });
  response.end(body);
}

function assumedRole(account: string): string {
  return `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><AssumedRoleUser>
    <Arn>arn:aws:sts::${account}:assumed-role/shardrock/shardrock</Arn><AssumedRoleId>AROA:shardrock</AssumedRoleId></AssumedRoleUser>
    <Credentials><AccessKeyId>ASIA${account}</AccessKeyId><SecretAccessKey>made-up</SecretAccessKey>
    <SessionToken>${"token".repeat(100)}</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration>
    </Credentials></AssumeRoleResult></AssumeRoleResponse>`;
}

function callerIdentity(account: string): string {
  return `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
    <Arn>arn:aws:sts::${account}:assumed-role/shardrock/shardrock</Arn><UserId>AROA:shardrock</UserId>
    <Account>${account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;
}
