/** Something that took its time, as OpenTelemetry has it. */
export interface Span {
  readonly name: string;
  /** Milliseconds since the epoch, with a fraction. */
  readonly start: number;
  readonly end: number;
  readonly attributes: Attributes;
  /** Why it failed; undefined if it did not. */
  readonly failure: string | undefined;
}

/** What a span or its sender is told apart by. */
export type Attributes = Readonly<Record<string, string | number>>;

/** One span with those within it. */
export interface Trace {
  /** Who sends it. */
  readonly resource: Attributes;
  readonly root: Span;
  readonly children: readonly Span[];
}

/** Where traces are taken by OTLP over HTTP. */
export interface TraceReceiver {
  /** Such as `http://tempo:4318/v1/traces`. */
  readonly url: string;
  /** Certificates in PEM of authorities that may have signed that of an https receiver, beside those of the machine. */
  readonly authorities: string;
}
