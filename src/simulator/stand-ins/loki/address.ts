/** Port of Loki's API. */
export const lokiPort = 3100;

/** Path at which Loki takes logs. */
export const pushPath = '/loki/api/v1/push';
