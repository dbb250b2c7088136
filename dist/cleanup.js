import "./chunks/rolldown-runtime.js";
import { n as runCleanup } from "./chunks/app.js";

// src/cleanup.ts
process.exitCode = await runCleanup();

export {  };