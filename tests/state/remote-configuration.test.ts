import { describe, expect, test } from 'vitest';
import type { RelationSnapshot, Snapshot } from '../../src/charm/snapshot.ts';
import type { Databag } from '../../src/juju/index.ts';
import { type AlertmanagerConfig, hashOf, templateName } from '../../src/mimir/alertmanager-config.ts';
import { allRelations, aRunningSnapshot, aSender, thePeers } from '../support/builders.ts';
import { effectsOf, ofKind, unitStatusIn, writtenTo } from '../support/effects.ts';

const offered: Databag = {
  alertmanager_config: '{"route": {"receiver": "none"}, "receivers": [{"name": "none"}]}',
  alertmanager_templates: '[]',
};
const ours: AlertmanagerConfig = {
  config: 'route:\n  receiver: none\nreceivers:\n  - name: none\n',
  templates: {},
};

interface Given {
  readonly bag?: RelationSnapshot['remoteAppBag'];
  readonly related?: boolean;
  readonly held?: Snapshot['alertmanagerConfig'];
  /** What the note says that we gave it. */
  readonly noted?: AlertmanagerConfig;
  readonly options?: Snapshot['options'];
  readonly leader?: boolean;
}

function given({ bag = offered, related = true, held, noted, options = {}, leader = true }: Given): Snapshot {
  const appBag: Databag = noted === undefined ? {} : { alertmanager_config: hashOf(noted) };
  const relation = aSender(9, { application: 'configurer', remoteAppBag: bag });
  return {
    ...aRunningSnapshot({ leader }),
    peers: thePeers({ appBag }),
    options,
    alertmanagerConfig: held,
    configurers: leader ? allRelations(...(related ? [relation] : [])) : 'unobserved',
  };
}

const uploads = (snapshot: Snapshot) =>
  effectsOf(snapshot).filter(({ kind }) =>
    ['set-alertmanager-config', 'delete-alertmanager-config'].includes(kind),
  );
const status = (snapshot: Snapshot) => unitStatusIn(effectsOf(snapshot));
const note = (snapshot: Snapshot) => writtenTo(effectsOf(snapshot), 0).app;

describe('a configuration that a related application offers', () => {
  test('is given to Mimir, and its hash is noted', () => {
    expect(uploads(given({}))).toEqual([{ kind: 'set-alertmanager-config', config: ours }]);
    expect(note(given({}))).toEqual({ alertmanager_config: hashOf(ours) });
  });

  test('goes with its templates in one file', () => {
    const bag = { ...offered, alertmanager_templates: '["{{ define \\"a\\" }}{{ end }}", "b"]' };
    const templates = { [templateName]: '{{ define "a" }}{{ end }}\nb' };
    expect(uploads(given({ bag }))).toEqual([
      { kind: 'set-alertmanager-config', config: { ...ours, templates } },
    ]);
  });

  test('and held by Mimir already, is left alone', () => {
    expect(uploads(given({ held: ours, noted: ours }))).toEqual([]);
  });

  test('is deleted with the relation, if Mimir still holds it', () => {
    expect(uploads(given({ related: false, held: ours, noted: ours }))).toEqual([
      { kind: 'delete-alertmanager-config' },
    ]);
    const theirs = { config: 'route: {}', templates: {} };
    expect(uploads(given({ related: false, held: theirs, noted: ours }))).toEqual([]);
  });

  test('is no matter of a unit that does not lead', () => {
    expect(uploads(given({ leader: false }))).toEqual([]);
    expect(status(given({ leader: false }))?.status).toBe('active');
  });
});

describe('what was offered last stays in force', () => {
  const stays = (changes: Given) => {
    const snapshot = given({ held: ours, noted: ours, ...changes });
    expect(uploads(snapshot)).toEqual([]);
    expect(note(snapshot)).toBeUndefined();
    return status(snapshot);
  };

  test.each([
    [{ alertmanager_config: 'x' }, 'What configurer offers cannot be used (alertmanager_config: not JSON)'],
    [{ alertmanager_config: '{"templates": []}' }, 'may hold only global'],
    [{ ...offered, alertmanager_templates: JSON.stringify(['\u2028']) }, 'invisible line'],
    [{ alertmanager_config: '', alertmanager_templates: '[]' }, 'configurer offers no configuration'],
    [{}, 'configurer offers no configuration'],
  ])('while %j is offered: Blocked with words', (bag, words) => {
    const shown = stays({ bag });
    expect(shown?.status).toBe('blocked');
    expect(shown?.message).toMatch(/^\[remote-configuration\] .*what is in force stays.* Mend it there/);
    expect(shown?.message).toContain(words);
  });

  test('while an option is set too: Blocked with both ways out', () => {
    const options = { alertmanager_config: ours.config };
    expect(stays({ options })).toEqual({
      status: 'blocked',
      message: expect.stringMatching(
        /^\[remote-configuration\] .*exclude each other.* Remove the relation, or run juju config mimir-k8s --reset/,
      ),
    });
  });

  test('while the other side cannot be read, and nothing is wrong', () => {
    expect(stays({ bag: 'unobserved' })?.status).toBe('active');
  });

  test('when Mimir refuses it: Blocked in its words, without values', () => {
    const snapshot = {
      ...given({ noted: ours }),
      refusedAlertmanagerConfig: 'cannot unmarshal `s3cret` into bool',
    };
    expect(uploads(snapshot)).toEqual([]);
    expect(status(snapshot)).toEqual({
      status: 'blocked',
      message: expect.stringMatching(
        /^\[remote-configuration\] Mimir refuses it .*… into bool.* Mend it in configurer\.$/,
      ),
    });
    expect(
      ofKind(effectsOf(snapshot), 'set-status')
        .map(({ message }) => message)
        .join(),
    ).not.toContain('s3cret');
  });
});
