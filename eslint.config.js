import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Of zod only what every dispatch can afford to evaluate (docs/adr/0008-a-fast-start.md). */
const zodMini = ['zod/mini', 'zod/locales'];

/** ASN.1 of X.509, which takes some 25 ms to evaluate (docs/adr/0014-x509-by-a-library.md). */
const asn1 = ['@peculiar/asn1-csr', '@peculiar/asn1-schema', '@peculiar/asn1-x509'];

/**
 * Who may import whom (docs/adr/0001-rooms.md). A room is a folder of src/; a path into another room is a
 * relative one that climbs out of this one. `types` may be imported as types only.
 */
const rooms = {
  http: { values: [], types: [], libraries: ['http-parser-js'] },
  juju: { values: [], types: [], libraries: zodMini },
  pebble: { values: ['http'], types: [], libraries: [...zodMini, 'js-yaml'] },
  mimir: {
    values: ['http'],
    types: [],
    libraries: [...zodMini, 'js-yaml', '@prometheus-io/lezer-promql', '@lezer/common', '@lezer/lr'],
  },
  interfaces: { values: [], types: ['juju'], libraries: [...zodMini, 'xz-decompress'] },
  otlp: { values: ['http'], types: [], libraries: [] },
  x509: { values: [], types: [], libraries: asn1 },
  charm: { values: ['juju', 'mimir', 'interfaces', 'x509'], types: ['pebble', 'otlp'], libraries: zodMini },
  simulator: {
    values: ['juju', 'pebble', 'interfaces', 'x509'],
    types: [],
    libraries: ['js-yaml', 'zod', 'snappyjs', 'protobufjs', 'yauzl', 'minio', '@napi-rs/lzma', 'esbuild'],
  },
};

/** The files that hold requests and certificates in ASN.1; the charm loads what it needs of them by `import()`. */
const asn1Homes = ['src/x509/asn1.ts', 'src/x509/certificate-authority.ts', 'src/x509/request-encoding.ts'];

/** The files of a room that may import a library. */
const homes = {
  'node:http': ['src/simulator/**/*.ts'],
  'js-yaml': ['src/pebble/yaml.ts', 'src/mimir/yaml.ts', 'src/simulator/yaml.ts'],
  ...Object.fromEntries(asn1.map((library) => [library, asn1Homes])),
};

function importRules(room, { values, types, libraries }) {
  const others = Object.keys(rooms).filter((other) => other !== room && !values.includes(other));
  const patterns = others.map((other) => ({
    regex: `^(\\.\\./)+${other}/`,
    message: `src/${room} may not import ${types.includes(other) ? 'values of ' : ''}src/${other} (docs/adr/0001-rooms.md).`,
    allowTypeImports: types.includes(other),
  }));
  const allowed = ['node:', '\\.', ...libraries.map((name) => `${name.replace('/', '\\/')}(\\/|$)`)];
  patterns.push({ regex: `^(?!${allowed.join('|')})`, message: `src/${room} may not use this library.` });
  return ['error', { patterns }];
}

const roomConfigs = Object.entries(rooms).map(([room, table]) => ({
  files: [`src/${room}/**/*.ts`],
  rules: { '@typescript-eslint/no-restricted-imports': importRules(room, table) },
}));

const restrictedSyntax = (libraries) => [
  'error',
  ...libraries.map((library) => ({
    selector: `ImportDeclaration[importKind!='type'][source.value='${library}']`,
    message: `${library} has one home a room: ${homes[library].join(', ')}`,
  })),
];
const homeConfigs = [
  { files: ['src/**/*.ts'], rules: { 'no-restricted-syntax': restrictedSyntax(Object.keys(homes)) } },
  ...[...new Set(Object.values(homes).flat())].map((file) => ({
    files: [file],
    rules: {
      'no-restricted-syntax': restrictedSyntax(
        Object.keys(homes).filter((library) => !homes[library].includes(file)),
      ),
    },
  })),
];

export default tseslint.config(
  { ignores: ['build/', 'node_modules/', 'runtime/', 'tests/fixtures/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      complexity: ['error', { max: 10, variant: 'modified' }],
      'max-depth': ['error', 3],
      'max-lines': ['error', { max: 250 }],
      'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 3],
      'no-restricted-properties': [
        'error',
        {
          property: 'toLegacyObject',
          message: 'It breaks node:tls if that is loaded after it (Node.js 24.21).',
        },
      ],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true } }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-definitions': 'off',
    },
  },
  {
    files: ['**/*.js', '**/*.mjs', '**/*.cjs'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly' } },
  },
  { files: ['charm/*.cjs'], languageOptions: { globals: { __dirname: 'readonly' } } },
  ...roomConfigs,
  ...homeConfigs,
  {
    files: ['src/**/*.ts'],
    ignores: ['src/main.ts', 'src/simulator/**'],
    rules: {
      'no-restricted-globals': ['error', { name: 'process', message: 'Only src/main.ts reads process.*.' }],
    },
  },
  {
    files: ['benchmarks/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^(\\.\\./)+tests/', message: 'Benchmarks use src/ and scripts/, not tests/.' },
          ],
        },
      ],
    },
  },
  {
    files: ['tests/**/*.ts'],
    rules: {
      'max-lines-per-function': 'off',
      'max-lines': ['error', { max: 400 }],
      // vitest types its asymmetric matchers (expect.stringContaining and the like) as any.
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
  // Vitest takes these by their default exports.
  { files: ['*.config.ts', 'scripts/tally-reporter.ts'], rules: { 'no-restricted-exports': 'off' } },
);
