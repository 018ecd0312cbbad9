import { dirname, relative, resolve, sep } from "node:path";

/** Packages each package may import. */
const packageImports = {
  core: [],
  quotas: ["core"],
  failover: ["core"],
  redis: ["core"],
  simulator: ["core"],
  cli: ["core", "quotas", "failover", "redis", "simulator"],
};

/** Layers inside core, lowest first; each may import itself and those below. What is in none of them stands above all. */
const coreLayers = [
  // A limit of Node's own for signals: nothing is reached by it.
  { name: "ground", holds: /^(clock|errors|json|listener-limit|random)(\.ts$|\/)/, external: ["node:events"] },
  { name: "budget", holds: /^budget\//, external: [] },
  { name: "routing", holds: /^routing\//, external: ["p-queue", "lru-cache"] },
  { name: "bedrock", holds: /^bedrock\//, external: undefined },
];

/** Keeps the picture "Packages, and the one direction of imports": says why an import may not be, or nothing. */
export function wrongDirection(file, specifier) {
  const [top, name] = file.split("/");
  if (top === "test") return undefined;
  const home = top === "packages" ? `packages/${name}` : top;
  const target = specifier.startsWith(".") ? posix(relative("/", resolve("/", dirname(file), specifier))) : undefined;
  if (target !== undefined && !target.startsWith(`${home}/`)) return `stay inside ${home}; import packages by name`;
  if (top !== "packages") return undefined;
  return (
    wrongPackage(name, specifier) ?? (file.endsWith(".test.ts") ? undefined : wrongInside(file, target, specifier))
  );
}

function wrongPackage(name, specifier) {
  const [, imported] = /^@shardrock\/([^/]+)/.exec(specifier) ?? [];
  if (imported === undefined || packageImports[name]?.includes(imported)) return undefined;
  return `${name} may import ${packageImports[name]?.join(", ") || "no package of this workspace"}`;
}

function wrongInside(file, target, specifier) {
  const limiters = "packages/simulator/src/limiters/";
  if (file.startsWith(limiters) && !target?.startsWith(limiters))
    return "simulator/src/limiters imports nothing outside";
  const source = "packages/core/src/";
  return file.startsWith(source)
    ? wrongLayer(file.slice(source.length), target?.slice(source.length), specifier)
    : undefined;
}

function wrongLayer(path, targetPath, specifier) {
  const layer = layerOf(path);
  if (targetPath !== undefined) {
    return layerOf(targetPath) > layer ? `core/${coreLayers[layer].name} imports only what is below it` : undefined;
  }
  const allowed = coreLayers[layer]?.external;
  if (!allowed || allowed.includes(specifier)) return undefined;
  return `core/${coreLayers[layer].name} imports no package but ${allowed.join(", ") || "none"}`;
}

function layerOf(path) {
  const index = coreLayers.findIndex(({ holds }) => holds.test(path));
  return index === -1 ? coreLayers.length : index;
}

const posix = (path) => path.split(sep).join("/");

export const importDirection = {
  create(context) {
    const file = posix(relative(context.cwd, context.filename));
    const look = (node) => {
      const specifier = node.source?.value;
      const problem = typeof specifier === "string" ? wrongDirection(file, specifier) : undefined;
      if (problem) context.report({ node: node.source, message: `Import direction: ${problem}.` });
    };
    return {
      ImportDeclaration: look,
      ExportNamedDeclaration: look,
      ExportAllDeclaration: look,
      ImportExpression: look,
    };
  },
};
