import "./chunks/rolldown-runtime.js";
import { t as runAction } from "./chunks/app.js";

// src/action.ts
process.exitCode = await runAction(new URL(".", import.meta.url));

export {  };