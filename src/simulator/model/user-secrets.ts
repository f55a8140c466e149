import { applicationOf } from './access.ts';
import { JujuError } from './errors.ts';
import type { Model } from './records.ts';
import { newSecret, setFields } from './secret-changes.ts';
import { withSecret } from './secrets.ts';
import type { Secret, SecretContent } from './secrets.ts';

/** Owner of the secrets that the user keeps in the model. */
const user = '';

/** What the user says of the secrets that he keeps himself; `secret` is a name or a URI. */
export type UserSecretCommand =
  | {
      readonly command: 'add-secret';
      readonly id: string;
      readonly name: string;
      readonly content: SecretContent;
    }
  | { readonly command: 'update-secret'; readonly secret: string; readonly content: SecretContent }
  | {
      readonly command: 'grant-secret';
      readonly secret: string;
      readonly applications: readonly string[];
    };

/** Carries out a command about a user's secret, or throws Juju's refusal as a `JujuError`. */
export function changeUserSecret(model: Model, command: UserSecretCommand): Model {
  switch (command.command) {
    case 'add-secret': {
      const { id, name, content } = command;
      return newSecret(model, { id, owner: user }, { label: name, content });
    }
    case 'update-secret': {
      const secret = userSecret(model, command.secret);
      return withSecret(model, setFields(model, secret, { content: command.content }));
    }
    case 'grant-secret': {
      const secret = userSecret(model, command.secret);
      const granted = command.applications.map((name) => ({
        relation: undefined,
        target: applicationOf(model, name).name,
      }));
      const others = secret.grants.filter(({ target }) => !command.applications.includes(target));
      return withSecret(model, { ...secret, grants: [...others, ...granted] });
    }
  }
}

function userSecret(model: Model, text: string): Secret {
  const id = text.replace(/^secret:/, '');
  const found = Object.values(model.secrets).find(
    (secret) => secret.owner === user && (secret.id === id || secret.label === text),
  );
  if (found === undefined) throw new JujuError(`secret "${text}" not found`);
  return found;
}
