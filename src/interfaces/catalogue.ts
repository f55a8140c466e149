import type { Databag } from '../juju/databag.ts';

/** The keys of our app bag; the catalogue writes nothing. */
export const keys = {
  requirerApp: ['name', 'description', 'url', 'icon', 'api_docs', 'api_endpoints'],
} as const;

/** How an application is shown in a catalogue of applications. */
export interface CatalogueItem {
  readonly name: string;
  readonly description: string;
  readonly url: string;
  /** Name of a Material Design icon. */
  readonly icon: string;
  /** URL of the documentation of its API. */
  readonly apiDocs: string;
  /** URLs by what they are for, in the order in which they are shown. */
  readonly apiEndpoints: Readonly<Record<string, string>>;
}

/** What our leader publishes: raw text, but for the endpoints. */
export function publish(item: CatalogueItem): Databag {
  return {
    name: item.name,
    description: item.description,
    url: item.url,
    icon: item.icon,
    api_docs: item.apiDocs,
    api_endpoints: JSON.stringify(item.apiEndpoints),
  };
}
