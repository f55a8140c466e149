import { join } from 'node:path';
import { root, type Simulation } from './simulation.ts';

/** How to reach a bucket, as a provider tells it. */
export interface S3Access {
  readonly endpoint: string;
  readonly bucket: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

/** An S3 client in a pod. What goes wrong is answered as `error: ` and S3's code, or that of the connection. */
export interface S3Client {
  /** Writes an object; answers `done`. */
  put(access: S3Access, name: string, text: string): Promise<string>;
  /** Text of an object. */
  get(access: S3Access, name: string): Promise<string>;
}

/** Runs in the pod, whose image holds the simulator's libraries. */
const script = `
const { text } = require('node:stream/consumers');
const [packageFile, parameters] = process.argv.slice(1);
const { Client } = require('node:module').createRequire(packageFile)('minio');
const { endpoint, bucket, accessKey, secretKey, name, content } = JSON.parse(parameters);
const { hostname: endPoint, port } = new URL(endpoint);
const client = new Client({ endPoint, port: Number(port), useSSL: false, accessKey, secretKey,
  region: 'us-east-1', retryOptions: { disableRetry: true } });
const call = async () => {
  if (content === undefined) return text(await client.getObject(bucket, name));
  await client.putObject(bucket, name, content);
  return 'done';
};
call().catch((error) => 'error: ' + (error.code ?? error.message)).then((answer) => process.stdout.write(answer));
`;

/** Makes a client in the container `workload` of a unit, of the image for stand-ins. */
export function s3ClientIn(simulation: Simulation, unit: string): S3Client {
  const call = async (parameters: object) => {
    const argv = [process.execPath, '-e', script, join(root, 'package.json'), JSON.stringify(parameters)];
    let output = '';
    await simulation.client.request({ command: 'exec', unit, container: 'workload', argv }, (line) => {
      if (line.kind === 'output') output += line.text;
    });
    return output;
  };
  return {
    put: (access, name, text) => call({ ...access, name, content: text }),
    get: (access, name) => call({ ...access, name }),
  };
}
