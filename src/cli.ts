#!/usr/bin/env node
import { runCommandLine } from './app.js';

process.exitCode = await runCommandLine(new URL('.', import.meta.url), process.argv.slice(2));
