/**
 * The catalogue of rules: every finding belongs to one. What each means, why it matters and how to mend it
 * at length stands in docs/rules.md under the rule's id; a test compares the two lists.
 */
export const RULES = {
  'writable-under-read-only': 'A protected path can be changed although the root filesystem is read-only.',
  'writable-volume': 'A volume that the image declares (VOLUME) keeps a protected path writable.',
  'writable-mount': 'A writable mount lies over or under a protected path.',
  'read-only-ignored': 'The engine says that the root filesystem is read-only, and it is not.',
  'writable-under-permissions': 'Modes and owners let the program change a protected path.',
  'link-to-writable': 'A symbolic link under a protected path leads to a place that can be changed.',
  'privileged-program-reachable': 'Programs that give other rights to whoever runs them can be run.',
  'smoke-failed': 'The program does not answer as expected.',
  'smoke-failed-after-attack': 'The program does not answer as expected any more after the attack.',
  'program-ended': 'The program ended, and it was meant to run.',
  drift: 'The container changed its own filesystem under a protected path.',
  'mounts-changeable': 'The mounts themselves can be changed, so that they protect nothing.',
  'user-namespace': 'A process can make a user namespace with mounts of its own.',
  'process-memory': 'The memory of other processes can be opened for writing.',
  'unexpected-place': 'A place that nobody declared can be written to.',
  'allowance-unused': 'An exception in allow-writable is not needed.',
  'entered-as-root': 'What somebody who enters the container as root could change.',
  'no-process': "No process stayed running; the probe was the container's only process.",
} as const;

export type RuleId = keyof typeof RULES;
