/** A refusal in Juju's words; `juju` prints it as `ERROR <message>`. */
export class JujuError extends Error {
  override readonly name = 'JujuError';
}
