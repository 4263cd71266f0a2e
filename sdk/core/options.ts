import * as v from 'valibot';
import { OptionError } from './errors.ts';

/**
 * Validates what a caller passed against a schema that carries the defaults; unknown keys are errors where the schema is strict.
 * @throws OptionError naming the option, the value found and what is allowed.
 */
export function parseOptions<Schema extends v.GenericSchema>(schema: Schema, value: unknown, where: string): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const issue = result.issues[0];
  const path = v.getDotPath(issue);
  throw new OptionError('invalid-option', `${where}${path ? `: option '${path}'` : ''}: ${issue.message}`);
}
