import { type PolicyDocument, policyOf, policySize, type Statement } from "./policy.ts";

/**
 * As few documents as the statements fit into, in their order, none larger than AWS takes. A statement that is too large
 * itself is parted by its resources, which changes nothing of what it allows.
 * @param largest - characters.
 */
export function splitPolicy(statements: readonly Statement[], largest: number): readonly PolicyDocument[] {
  const documents: Statement[][] = [];
  for (const statement of statements.flatMap((each) => parted(each, largest))) {
    const last = documents.at(-1);
    if (last !== undefined && policySize(policyOf([...last, statement])) <= largest) last.push(statement);
    else documents.push([statement]);
  }
  return documents.map(policyOf);
}

function parted(statement: Statement, largest: number): readonly Statement[] {
  const { Resource = [] } = statement;
  if (Resource.length < 2 || policySize(policyOf([statement])) <= largest) return [statement];
  const middle = Math.ceil(Resource.length / 2);
  const halves = [Resource.slice(0, middle), Resource.slice(middle)];
  return halves.flatMap((half) => parted({ ...statement, Resource: half }, largest));
}
