import fc from 'fast-check';

const duration = fc.constantFrom('0s', '60m', '1h', '90s', '1d', '1500ms', '');
const labels = fc.dictionary(fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/), fc.string({ unit: 'grapheme' }));

const alertingRule = fc
  .record(
    {
      expr: fc.constantFrom('up == 0', 'vector(1)   ', 'rate(cpu{}[5m])\n> 1\n'),
      for: duration,
      labels,
      annotations: labels,
    },
    {
      requiredKeys: ['expr'],
    },
  )
  .map((rule) => ({ alert: 'A', ...rule }));
const recordingRule = fc
  .record({ expr: fc.constantFrom('sum(up) # c', '1'), labels }, { requiredKeys: ['expr'] })
  .map((rule) => ({ record: 'a:b', ...rule }));

/** Rule groups as senders write them: in no particular form, some names twice. */
export const senderGroups = fc.array(
  fc.record(
    {
      name: fc.constantFrom('a', 'b', 'a_2', 'lma agent/ö'),
      rules: fc.array(fc.oneof(alertingRule, recordingRule), { minLength: 1, maxLength: 3 }),
      interval: duration,
      limit: fc.nat(3),
      labels,
    },
    { requiredKeys: ['name', 'rules'] },
  ),
  { maxLength: 6 },
);
