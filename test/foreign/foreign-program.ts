import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** What a program printed, when it ended well. */
export type Output = Promise<string>;

/** Whether this machine's Python has a module; tests that need it are skipped, and named, where it has not. */
export function hasPythonModule(name: string): boolean {
  return spawnSync("python3", ["-c", `import ${name}`], { stdio: "ignore" }).status === 0;
}

/**
 * Runs a program to its end. It sees no credentials, profile or proxy of this machine, only what is given.
 * @throws with what it printed, when it ends badly.
 */
export function run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Output {
  const child = spawn(program, args, { env: { ...bareEnvironment(), ...env }, cwd: here });
  const printed: Buffer[] = [];
  const complained: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => printed.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => complained.push(chunk));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      const text = Buffer.concat(printed).toString();
      if (code === 0) resolve(text);
      else reject(new Error(`${program} ended with ${code}: ${text}${Buffer.concat(complained).toString()}`));
    });
  });
}

/** What is left of this process's environment for others. */
export function bareEnvironment(): Record<string, string> {
  const nowhere = { AWS_CONFIG_FILE: "/nonexistent", AWS_SHARED_CREDENTIALS_FILE: "/nonexistent" };
  const kept = ["PATH", "HOME", "LANG", "PYENV_ROOT"].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return { ...Object.fromEntries(kept), ...nowhere, AWS_EC2_METADATA_DISABLED: "true", NO_PROXY: "127.0.0.1" };
}

export const here = fileURLToPath(new URL(".", import.meta.url));
