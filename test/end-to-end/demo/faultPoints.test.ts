import { faultAt, pointNames } from '../../../infra/demo/faultPoints.ts';

test('every point of failure is a fault of its own', () => {
  const faults = pointNames.map((name) => faultAt(name));
  expect(faults).not.toContain(undefined);
  const texts = faults.map((fault) => JSON.stringify({ ...fault, path: String(fault?.path) }));
  expect(new Set(texts).size).toBe(pointNames.length);
});

test.each(['', 'batch-intent', 'batch-intent:never', 'nothing:before'])('"%s" is not a point of failure', (name) => {
  expect(faultAt(name)).toBeUndefined();
});
