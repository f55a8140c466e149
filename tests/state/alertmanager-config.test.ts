import { describe, expect, test } from 'vitest';
import type { Snapshot } from '../../src/charm/snapshot.ts';
import { type AlertmanagerConfig, hashOf, templateName } from '../../src/mimir/alertmanager-config.ts';
import { aRunningSnapshot, aSnapshot, thePeers } from '../support/builders.ts';
import { effectsOf, kinds, ofKind, unitStatusIn, writtenTo } from '../support/effects.ts';

const text = 'route: {receiver: none}\nreceivers: [{name: none}]\n';
const ours: AlertmanagerConfig = { config: text, templates: {} };
const other: AlertmanagerConfig = { config: `${text}# another\n`, templates: {} };

interface Given {
  readonly option?: string;
  readonly template?: string;
  /** What Mimir holds. */
  readonly held?: Snapshot['alertmanagerConfig'];
  /** What the note says that we gave it. */
  readonly noted?: AlertmanagerConfig;
}

function given({ option = '', template = '', held, noted }: Given): Snapshot {
  const appBag = noted === undefined ? {} : { alertmanager_config: hashOf(noted) };
  const options = { alertmanager_config: option, alertmanager_template: template };
  const peers = thePeers({ appBag });
  return { ...aRunningSnapshot(), peers, options, alertmanagerConfig: held };
}

const uploads = (snapshot: Snapshot) =>
  effectsOf(snapshot).filter(({ kind }) =>
    ['set-alertmanager-config', 'delete-alertmanager-config'].includes(kind),
  );
const note = (snapshot: Snapshot) => writtenTo(effectsOf(snapshot), 0).app;

describe("Mimir's Alertmanager configuration, once it is set", () => {
  test('is given to Mimir, and its hash is noted, but not its text', () => {
    const snapshot = given({ option: text });
    expect(uploads(snapshot)).toEqual([{ kind: 'set-alertmanager-config', config: ours }]);
    expect(note(snapshot)).toEqual({ alertmanager_config: hashOf(ours) });
  });

  test('is given before its hash is noted, so that a hook that is killed between gives it again', () => {
    const sequence = kinds(effectsOf(given({ option: text })));
    expect(sequence.indexOf('set-alertmanager-config')).toBeLessThan(sequence.indexOf('relation-set'));
  });

  test('goes with its template in the one file', () => {
    const config = { config: text, templates: { [templateName]: '{{ define "a" }}{{ end }}' } };
    const snapshot = given({ option: text, template: '{{ define "a" }}{{ end }}' });
    expect(uploads(snapshot)).toEqual([{ kind: 'set-alertmanager-config', config }]);
  });

  test('and held by Mimir already, is left alone', () => {
    const snapshot = given({ option: text, held: ours, noted: ours });
    expect(uploads(snapshot)).toEqual([]);
    expect(note(snapshot)).toBeUndefined();
  });

  test.each([
    ['the option changed', ours],
    ['a user put another in its place', { config: 'route: {}', templates: {} }],
  ])('is given again when %s', (_why, held) => {
    const snapshot = given({ option: other.config, held, noted: ours });
    expect(uploads(snapshot)).toEqual([{ kind: 'set-alertmanager-config', config: other }]);
    expect(note(snapshot)).toEqual({ alertmanager_config: hashOf(other) });
  });

  test('needs no restart', () => {
    const effects = effectsOf(given({ option: text }));
    expect(kinds(effects)).not.toContain('add-layer');
    expect(kinds(effects)).not.toContain('push-files');
  });
});

describe("Mimir's Alertmanager configuration, once it is unset", () => {
  test.each(['', ' \n '])('(%j) is deleted, and its note too', (option) => {
    const snapshot = given({ option, held: ours, noted: ours });
    expect(uploads(snapshot)).toEqual([{ kind: 'delete-alertmanager-config' }]);
    expect(note(snapshot)).toEqual({ alertmanager_config: '' });
  });

  test.each([
    ['a user put another in its place', other],
    ['a user deleted it', undefined],
  ])('is not touched, but forgotten, if %s', (_why, held) => {
    const snapshot = given({ held, noted: ours });
    expect(uploads(snapshot)).toEqual([]);
    expect(note(snapshot)).toEqual({ alertmanager_config: '' });
  });

  test("is the user's own matter: what was posted with nothing set is never touched", () => {
    const snapshot = given({ held: other });
    expect(uploads(snapshot)).toEqual([]);
    expect(note(snapshot)).toBeUndefined();
  });
});

describe('an Alertmanager configuration that cannot be given', () => {
  test("is Blocked with Mimir's words if Mimir refuses it; the old one and its note stay", () => {
    const snapshot = {
      ...given({ option: other.config, held: ours, noted: ours }),
      refusedAlertmanagerConfig: 'undefined receiver "team" used in route',
    };
    expect(uploads(snapshot)).toEqual([]);
    expect(note(snapshot)).toBeUndefined();
    expect(unitStatusIn(effectsOf(snapshot))).toEqual({
      status: 'blocked',
      message: expect.stringMatching(
        /^\[alertmanager_config\] .*undefined receiver "team".*juju config --reset/,
      ),
    });
  });

  test.each([text, '', '- broken'])('waits while Mimir is not ready, its note untouched (%j)', (option) => {
    const snapshot = given({ option, held: 'unobserved', noted: ours });
    expect(uploads(snapshot)).toEqual([]);
    expect(note(snapshot)).toBeUndefined();
  });

  test('is no matter of a unit that does not lead', () => {
    const options = { alertmanager_config: text };
    const snapshot = aRunningSnapshot({ leader: false, options });
    expect(uploads(snapshot)).toEqual([]);
    expect(ofKind(effectsOf(snapshot), 'relation-set').filter(({ scope }) => scope === 'app')).toEqual([]);
    expect(unitStatusIn(effectsOf({ ...snapshot, options: { alertmanager_config: '- a' } }))?.status).toBe(
      'active',
    );
  });

  test('is left as it is by a leader that is being removed', () => {
    const snapshot = { ...given({ held: ours, noted: ours }), dying: true };
    expect(uploads(snapshot)).toEqual([]);
    expect(note(snapshot)).toBeUndefined();
  });

  test('is not given before there is a peer relation to note it in', () => {
    const snapshot = aSnapshot({ peers: undefined, options: { alertmanager_config: text } });
    expect(uploads({ ...snapshot, alertmanagerConfig: undefined })).toEqual([]);
  });

  test.each(['cannot unmarshal !!str `s3cret` into bool', 'parse "https://u:s3cret@host": invalid port'])(
    'that is refused shows no value of its own in the status (%s)',
    (words) => {
      const snapshot = { ...given({ option: text }), refusedAlertmanagerConfig: words };
      expect(unitStatusIn(effectsOf(snapshot))?.message).toMatch(/Mimir refuses it .*…/);
      expect(JSON.stringify(effectsOf(snapshot))).not.toContain('s3cret');
    },
  );
});
