import { Agent, type AgentOptions } from 'node:https';
import { createSecureContext, getCACertificates } from 'node:tls';

/**
 * Makes an agent that takes servers whose certificates are by the machine's own authorities, or by these, in PEM. An
 * intermediate authority suffices, as for Go's clients.
 */
export function createTrustingAgent(authorities: readonly string[], options: AgentOptions = {}): Agent {
  const ca = [...getCACertificates('default'), ...authorities];
  // Made once: to read all of the machine's takes longer than a request.
  const secureContext = createSecureContext({ ca, allowPartialTrustChain: true });
  return new Agent({ ...options, secureContext });
}

/**
 * Gives the agent that trusts these authorities, the one of before with its connections as long as they are the same.
 * Connections of an earlier one serve no further request, and idle until the other side ends them.
 */
export function keepTrustingAgent(options: AgentOptions): (authorities: readonly string[]) => Agent {
  let kept: { readonly of: string; readonly agent: Agent } | undefined;
  return (authorities) => {
    const of = authorities.join('');
    if (kept?.of !== of) kept = { of, agent: createTrustingAgent(authorities, options) };
    return kept.agent;
  };
}
