import type { Context } from 'hono';
import type { z } from 'zod';
import { refusal } from './refusal.ts';

/** The request's JSON body, of the form the route wants. */
export async function bodyOf<T>(context: Context, schema: z.ZodType<T>): Promise<T> {
  if (!/^application\/json\b/i.test(context.req.header('content-type') ?? '')) {
    throw refusal(415, 'UnsupportedMediaType', 'The content type of the body has to be application/json.');
  }
  const parsed = schema.safeParse(await context.req.json().catch(() => undefined));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw refusal(400, 'InvalidRequestBody', problems.join('; '));
}
