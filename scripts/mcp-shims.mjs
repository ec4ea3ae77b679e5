/** What the MCP server's package takes from its surroundings, without a validator: see bundle-mcp.mjs. */
import process from 'node:process';

export class DefaultJsonSchemaValidator {
  getValidator() {
    throw new Error('Pass a jsonSchemaValidator to the MCP server.');
  }
}

export { process };
