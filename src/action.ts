import { runAction } from './app.js';

process.exitCode = await runAction(new URL('.', import.meta.url));
