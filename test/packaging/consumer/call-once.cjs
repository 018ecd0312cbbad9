/** One call over sockets through the packages as they were loaded; throws when anything is missing. */
exports.callOnce = async function callOnce({ ShardedBedrockRuntime, createRoutedFetch, startSimulatedFleet }) {
  const accounts = [{ id: "111111111111", tokensPerMinute: { "us-east-1": 200_000 } }];
  const { aws, config, hostCredentials } = await startSimulatedFleet({ accounts, speed: 20 });
  const client = new ShardedBedrockRuntime(config, { hostCredentials });
  const messages = [{ role: "user", content: [{ text: "Name three rivers." }] }];
  const answer = await client.converse({ modelId: "chat", messages, inferenceConfig: { maxTokens: 20 } });
  if (answer.$metadata.shardrock.accountId !== "111111111111") throw new Error("nobody served the call");
  const routed = createRoutedFetch(client);
  const body = JSON.stringify({ messages, inferenceConfig: { maxTokens: 20 } });
  const response = await routed("https://bedrock-runtime.us-east-1.amazonaws.com/model/chat/converse", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  if (response.status !== 200) throw new Error(`the routed fetch answered ${response.status}`);
  client.destroy();
  await aws[Symbol.asyncDispose]();
};
