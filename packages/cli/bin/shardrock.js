#!/usr/bin/env node
// Not the index: it loads what programs may want, which takes longer than to print the help.
import { main } from "../dist/command-line/main.js";

// The SDK's pinned version runs on every Node we support: its advice is for who chooses the version.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
process.exitCode = await main(process.argv.slice(2));
