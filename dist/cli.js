#!/usr/bin/env node
import "./chunks/rolldown-runtime.js";
import { r as runCommandLine } from "./chunks/app.js";

// src/cli.ts
process.exitCode = await runCommandLine(new URL(".", import.meta.url), process.argv.slice(2));

export {  };