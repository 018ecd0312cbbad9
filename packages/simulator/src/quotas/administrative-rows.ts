import type { SimulatedQuotaRow } from "./quota-row.ts";

/**
 * Made up to give a list its true length, about 1 100 rows for an account and Region: how many of a thing there may be,
 * how often an API may be called, how large a batch may be. None of them limits inference on demand.
 * Source of the length: bedrock-facts.md, section 1.2 (1 123 rows seen).
 */
export const administrativeRows: readonly SimulatedQuotaRow[] = administrativeNames().map(({ name, value, api }, index) => ({
  code: `L-SIMA${String(index).padStart(4, "0")}`,
  name,
  value,
  isAdjustable: index % 3 === 0,
  isAppliedAnyway: true,
  ...(api !== undefined && { api }),
}));

interface AdministrativeName {
  readonly name: string;
  readonly value: number;
  readonly api?: string;
}

function administrativeNames(): readonly AdministrativeName[] {
  const rates = things.flatMap(([thing]) =>
    verbs.flatMap((verb) => {
      const api = `${verb}${thing.replaceAll(" ", "")}`;
      return [
        { name: `${api} requests per second`, value: 10, api },
        { name: `${api} burst requests per second`, value: 20 },
      ];
    }),
  );
  const counts = things.flatMap(([thing, plural]) => [
    { name: `${plural} per account`, value: 100 },
    { name: `Versions per ${thing.toLowerCase()}`, value: 20 },
    { name: `Aliases per ${thing.toLowerCase()}`, value: 10 },
    { name: `Tags per ${thing.toLowerCase()}`, value: 50 },
    { name: `Characters in the description of a ${thing.toLowerCase()}`, value: 200 },
    { name: `Concurrent jobs per ${thing.toLowerCase()}`, value: 5 },
    { name: `Storage of a ${thing.toLowerCase()} in MB`, value: 512 },
  ]);
  const batches = batchModels.flatMap((model) => [
    { name: `Minimum number of records per batch inference job for ${model}`, value: 100 },
    { name: `Records per input file per batch inference job for ${model}`, value: 50_000 },
    { name: `Records per batch inference job for ${model}`, value: 50_000 },
    { name: `Sum of in-progress and submitted batch inference jobs using a base model for ${model}`, value: 20 },
  ]);
  return [...rates, ...counts, ...batches];
}

const verbs = ["Create", "Get", "List", "Update", "Delete"];

const things: readonly (readonly [one: string, many: string])[] = [
  ["Agent", "Agents"], ["Agent Action Group", "Action groups"], ["Agent Alias", "Agent aliases"],
  ["Agent Collaborator", "Agent collaborators"], ["Agent Memory", "Agent memories"], ["Agent Version", "Agent versions"],
  ["Automated Reasoning Policy", "Automated reasoning policies"], ["Blueprint", "Blueprints"],
  ["Custom Model", "Custom models"], ["Custom Model Deployment", "Custom model deployments"],
  ["Data Automation Library", "Data automation libraries"], ["Data Automation Project", "Data automation projects"],
  ["Data Source", "Data sources"], ["Enforced Guardrail", "Enforced guardrails"], ["Evaluation Job", "Evaluation jobs"],
  ["Flow", "Flows"], ["Flow Alias", "Flow aliases"], ["Flow Execution", "Flow executions"],
  ["Flow Version", "Flow versions"], ["Guardrail", "Guardrails"], ["Guardrail Policy", "Guardrail policies"],
  ["Guardrail Version", "Guardrail versions"], ["Imported Model", "Imported models"],
  ["Inference Profile", "Inference profiles"], ["Ingestion Job", "Ingestion jobs"],
  ["Invocation Step", "Invocation steps"], ["Knowledge Base", "Knowledge bases"],
  ["Knowledge Base Document", "Knowledge base documents"], ["Marketplace Endpoint", "Marketplace endpoints"],
  ["Model Copy Job", "Model copy jobs"], ["Model Customization Job", "Model customization jobs"],
  ["Model Evaluation", "Model evaluations"], ["Model Import Job", "Model import jobs"],
  ["Model Invocation Job", "Model invocation jobs"], ["Model Logging Configuration", "Model logging configurations"],
  ["Prompt", "Prompts"], ["Prompt Router", "Prompt routers"], ["Prompt Version", "Prompt versions"],
  ["Provisioned Throughput", "Provisioned throughputs"], ["Regex Entity", "Regex entities"],
  ["Reranker", "Rerankers"], ["Resource Policy", "Resource policies"], ["Retrieval Filter", "Retrieval filters"],
  ["Sensitive Word", "Sensitive words"], ["Session", "Sessions"], ["Session Step", "Session steps"],
  ["Synonym List", "Synonym lists"], ["Synthetic Data Job", "Synthetic data jobs"], ["Topic", "Topics"],
  ["Use Case Form", "Use case forms"], ["Vector Index", "Vector indexes"], ["Vector Store", "Vector stores"],
  ["Word Filter", "Word filters"], ["Workflow", "Workflows"], ["Workflow Step", "Workflow steps"],
  ["Workspace", "Workspaces"], ["Workspace File", "Workspace files"], ["Workspace Member", "Workspace members"],
]; // prettier-ignore

const batchModels = [
  "Amazon Nova Lite V1", "Amazon Nova Micro V1", "Amazon Nova Pro V1", "Claude 3 Haiku", "Claude 3 Opus",
  "Claude 3 Sonnet", "Claude 3.5 Sonnet", "Claude Haiku 4.5", "Claude Sonnet 4", "Claude Sonnet 4.5",
  "Llama 3.1 405B Instruct", "Llama 3.1 70B Instruct", "Llama 3.1 8B Instruct", "Llama 3.3 70B Instruct",
]; // prettier-ignore
