import type { Format } from 'ajv';

const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;
const duration = /^P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$/;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const resourceId = /^(\/subscriptions\/[^/]+(\/resourceGroups\/[^/]+)?)?(\/providers\/[^/]+(\/[^/]+\/[^/]+)+)*$/i;

/** The formats of OpenAPI 2 and of Microsoft's documents. */
export const formats: Readonly<Record<string, Format>> = {
  'date-time': (value) => dateTime.test(value) && !Number.isNaN(Date.parse(value)),
  duration,
  uuid,
  uri: (value) => URL.canParse(value),
  byte: (value) => Buffer.from(value, 'base64').toString('base64') === value,
  base64url: /^[\w-]*=*$/,
  'arm-id': (value) => value !== '' && resourceId.test(value),
  int32: { type: 'number', validate: (value) => Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31 },
  int64: { type: 'number', validate: Number.isInteger },
  unixtime: { type: 'number', validate: Number.isInteger },
};
