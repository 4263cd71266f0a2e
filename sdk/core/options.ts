import * as v from 'valibot';
import { OptionError } from './errors.ts';

/** What an issue says: of an unknown option which ones there are, of a missing one what it must be. */
function explain({ type, expected, received, message, path }: v.BaseIssue<unknown>, schema: object): string {
  const isUnknown = type === 'strict_object' && expected === 'never';
  const isMissing = (type === 'strict_object' || type === 'object') && received === 'undefined';
  if (path?.length !== 1 || !('entries' in schema) || !(isUnknown || isMissing)) return message;
  const entries = schema.entries as Record<string, v.GenericSchema>;
  return isUnknown ? `unknown; allowed are ${Object.keys(entries).join(', ')}` : `missing; must be ${entries[String(path[0].key)]!.expects}`;
}

/**
 * Validates what a caller passed against a schema that carries the defaults; unknown keys are errors where the schema is strict.
 * @throws OptionError naming the option, the value found and what is allowed.
 */
export function parseOptions<Schema extends v.GenericSchema>(schema: Schema, value: unknown, where: string): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const issue = result.issues[0];
  const path = v.getDotPath(issue);
  throw new OptionError('invalid-option', `${where}${path ? `: option '${path}'` : ''}: ${explain(issue, schema)}`);
}
