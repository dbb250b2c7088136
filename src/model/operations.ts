// Generated from probe/attempts.c by `npm run generate`. Do not edit.

/** What the probe attempts, by the name it reports it under. */
export const OPERATIONS = [
  'create',
  'mkdir',
  'symlink',
  'delete',
  'open-write',
  'setxattr',
  'chmod',
  'utimens',
  'regain',
  'via-root',
  'via-descriptor',
] as const;

export type Operation = (typeof OPERATIONS)[number];
