import { runCleanup } from './app.js';

process.exitCode = await runCleanup();
