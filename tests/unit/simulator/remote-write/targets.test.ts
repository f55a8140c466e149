import { describe, expect, it } from 'vitest';
import { distinctUrls } from '../../../../src/simulator/stand-ins/remote-write-sender/targets.ts';

const bag = (url: string) => ({ remote_write: JSON.stringify({ url }), 'ingress-address': '10.1.2.3' });

describe('the URLs of a sender', () => {
  it('are distinct and sorted, whatever the number and order of the units that publish them', () => {
    expect(distinctUrls([bag('http://b/push'), bag('http://a/push'), bag('http://b/push')])).toEqual([
      'http://a/push',
      'http://b/push',
    ]);
  });

  it.each([
    {},
    { remote_write: '' },
    { remote_write: '{' },
    { remote_write: '{"url": 3}' },
    bag('file:///etc/x'),
  ])('leave out a unit that publishes %j', (strange) => {
    expect(distinctUrls([strange, bag('http://a/push')])).toEqual(['http://a/push']);
  });
});
