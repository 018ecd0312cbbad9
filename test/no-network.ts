import { Socket } from "node:net";

// Tests talk to this machine only: a connection to any other host fails at once, and says where it wanted to go.
const loopback = new Set([undefined, "localhost", "127.0.0.1", "::1"]);
const connect = Socket.prototype.connect as (...args: unknown[]) => Socket;

Socket.prototype.connect = function (this: Socket, ...args: unknown[]): Socket {
  const host = hostOf(args);
  if (loopback.has(host)) return connect.apply(this, args);
  // Later, as a real refusal would come: the caller's error listener is not there yet.
  Object.assign(this, { connecting: true });
  setImmediate(() => this.destroy(new Error(`A test tried to reach ${host}; tests have no network`)));
  return this;
};

/** `connect` takes options, or a port and a host; inside Node both come as an array of already sorted arguments. */
function hostOf(args: readonly unknown[]): string | undefined {
  const [first, second] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
  if (typeof first === "object" && first !== null) return (first as { host?: string }).host;
  return typeof second === "string" ? second : undefined;
}
